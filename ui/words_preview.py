"""Sentences of the preview: whom a record is about, whether it is valid, and what is known of the server's copy."""

from fhirdesk.core.views import PreviewView
from fhirdesk.i18n.labels import type_label
from fhirdesk.i18n.translation import N_, _, fill
from ui import words

CHECKED, WRONG = N_("✓ Valid R4"), N_("! Not valid R4: see Issues")
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


def describe_subject(view: PreviewView) -> list[str]:
    """The patient's name and number, and the record's type and key."""
    patient = [f"{view.patient_name} {view.patient_key}"] if view.patient_name else []
    return patient if patient and view.type == "patient" else [*patient, f"{type_label(view.type)} {view.key}"]


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
