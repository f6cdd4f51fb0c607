"""Sentences of the preview: whom a record is about, whether it is valid, and what is known of the server's copy."""

from fhirdesk.core.records import Record
from fhirdesk.core.views import IssueView, OpenedView, PreviewView
from fhirdesk.i18n.labels import field_label, type_label
from fhirdesk.i18n.translation import N_, _, fill
from ui import words
from ui.language import render
from ui.models.tables import visible

CHECKED, WRONG = N_("Valid R4"), N_("Not valid R4: see Issues")
UNCHECKED = N_("not checked: too large")
BEING_CHECKED = N_("being checked…")
NOTHING = N_("Choose a patient or an entry to see what is sent. A file dropped here is only looked at.")
LOOKED_AT = N_("only looked at: not stored, not queued")
NOT_THERE = N_("not on the server yet")
PARTIAL = N_("partial: shown, not editable")
COMPARISONS = {  # by whether the last copy that we read equals the record; None: not read since the server accepted it
    True: N_("same as version {version}, seen on the server at {when}"),
    False: N_("differs from version {version}, seen on the server at {when}"),
    None: N_("saved on the server as version {version} at {when}"),
}


def describe_subject(view: PreviewView) -> tuple[str, list[str]]:
    """Whom or what the preview is about, and the facts that tell it from others."""
    facts = _list_facts(view.patient or (view.record if view.type == "patient" else None))
    if view.type == "patient" and facts:
        return visible(view.patient_name or _name(view.record) or view.key), facts
    name = f"{type_label(view.type)} {view.key}" if view.type else view.resource_type
    what = view.resource_type if view.type else view.key.rstrip("/")
    person = [view.patient_name, *facts] if view.patient_name else [what]
    return visible(name), [visible(each) for each in person if each]


def _name(record: Record | None) -> str:
    return words.format_name(record) if record else ""


def _list_facts(person: Record | None) -> list[str]:
    """Sex and age, birth date, number and phone of a person, as far as they are known."""
    if person is None:
        return []
    gender, born, phone = (person.fields.get(name) for name in ("gender", "birth_date", "phone"))
    sex_and_age = words.format_sex_and_age(str(gender) if gender else None, str(born) if born else None)
    return [visible(str(each)) for each in (sex_and_age, born, person.key, phone) if each]


def list_problems(opened: OpenedView) -> tuple[IssueView, ...]:
    """Why a row of a file cannot become a resource, as the one issue of it."""
    return (IssueView("error", "invalid", opened.field, opened.error, opened.field),) if opened.error else ()


def describe_problem(opened: OpenedView) -> str:
    """The line under what cannot become a resource: which line and field, and why."""
    reason = render(opened.error) if opened.error else ""
    where = fill(_("Line {line}"), line=opened.line)
    field = field_label(opened.field) if opened.field else ""
    location = f"{where} · {field}" if field.casefold() not in reason.casefold() else where
    return f"{location}: {reason}"


def choose_mark(view: PreviewView | None) -> str:
    """The mark beside the line under the preview."""
    if view is None or not view.checked:
        return ""
    return "refused" if any(issue.grave for issue in view.issues) else "done"


def describe_checking() -> str:
    """The line under a resource that is shown while it is being checked."""
    return f"{_(BEING_CHECKED)} · {_(LOOKED_AT)}"


def describe_too_large() -> str:
    """The line under a file that is too large to be shown."""
    return f"{_(UNCHECKED)} · {_(LOOKED_AT)}"


def describe_check(view: PreviewView | None, *, only_looked_at: bool) -> str:
    """The line under the preview: whether the resource is valid, and what is known of the server's copy."""
    if view is None:
        return _(NOTHING)
    wrong = any(issue.grave for issue in view.issues)
    checked = _(WRONG if wrong else CHECKED if view.checked else UNCHECKED)
    parts = [checked, _(LOOKED_AT) if only_looked_at else describe_server_copy(view)]
    return " · ".join([*parts, _(PARTIAL)] if view.partial else parts)


def describe_server_copy(view: PreviewView) -> str:
    """What is known of the server's copy and since when; the server may have changed it meanwhile."""
    if view.version_id is None:
        return _(NOT_THERE)
    when = words.format_seen(view.seen_at) if view.seen_at else "—"
    return fill(_(COMPARISONS[view.same_as_server]), version=view.version_id, when=when)
