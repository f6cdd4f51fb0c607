"""Sentences about a record's versions: what differs between ours and the server's, and what each version changed."""

from fhirdesk.core.views import ComparisonView, FieldValues, HistoryView, Side, VersionView
from fhirdesk.i18n.translation import N_, _, fill, ngettext
from ui import words

CHANGED = {
    Side.MINE: N_("here"),
    Side.THEIRS: N_("on the server"),
    Side.BOTH: N_("on both sides"),
}
UNREAD = N_("The server's versions are read when you ask for them.")
NO_HISTORY = N_("This server keeps no history: only the newest version of {reference} can be read, in Diff.")
NOT_THERE = N_("It is not on the server yet, so there is nothing there to read.")
NOT_STORED = N_("This is only looked at: it is no record here, so there is nothing to compare it with.")


def summarise_comparison(view: ComparisonView) -> str:
    """How many fields differ, and of how many of them a person must choose."""
    count = len(view.fields)
    if not count:
        return _("No field differs")
    both = sum(each.who is Side.BOTH for each in view.fields)
    text = fill(ngettext("{count} difference", "{count} differences", count), count=words.format_count(count))
    chosen = fill(_("{count} on both sides"), count=words.format_count(both))
    return f"{text} · {chosen}" if both else text


def name_sides(view: ComparisonView) -> tuple[str, str, str]:
    """The heads of the three sides: last in step, ours, the server's."""
    base = _name_version(_("Last synced"), view.base_version, view.base_at)
    ours = _("Ours · not sent") if view.fields else _("Ours")
    return base, ours, name_server(view)


def name_server(view: ComparisonView) -> str:
    """The head of the server's side."""
    if view.read_at is None:
        return _("Server now · not read")
    return _name_version(_("Server now"), view.version_id, view.changed_at)


def _name_version(name: str, version: str | None, at: float | None) -> str:
    if version is None:
        return name
    number = fill(_("version {version}"), version=version)
    return f"{name} · {number}, {words.format_seen(at)}" if at else f"{name} · {number}"


def describe_side(field: FieldValues) -> str:
    """Who changed a field."""
    return _(CHANGED[field.who])


def summarise_history(view: HistoryView) -> str:
    """How many versions are shown."""
    count = len(view.versions)
    text = fill(ngettext("{count} version", "{count} versions", count), count=words.format_count(count))
    more = _("there are older ones")
    return f"{text} · {more}" if view.has_more else text


def describe_version(version: VersionView) -> str:
    """What became of the resource in a version whose fields are not listed."""
    if version.is_deletion:
        return _("deleted")
    if version.is_creation:
        return _("created")
    return _("no field changed") if version.changes is not None else _("the version before was not read")
