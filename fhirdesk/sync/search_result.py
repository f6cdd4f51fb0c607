"""What a search found: the record's own, others under its number, people of the same name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.core.queue_entry import QueueEntry
from fhirdesk.core.resource import Resource, is_id, listed
from fhirdesk.sync.server_copy import carries_number


def list_resources(searchset: Mapping[str, Any], resource_type: str) -> list[Resource]:
    """The resources of that type that a search found; some servers send an outcome along."""
    found = (e.get("resource") for e in listed(searchset.get("entry")) if isinstance(e, dict))
    shown = (r for r in found if isinstance(r, dict) and r.get("resourceType") == resource_type)
    return [r for r in shown if isinstance(r.get("id"), str) and is_id(r["id"])]


def has_next_page(searchset: Mapping[str, Any]) -> bool:
    """Whether there is more than this page: a search by identifier that goes on passed over the identifier."""
    links = (each for each in listed(searchset.get("link")) if isinstance(each, dict))
    return any(link.get("relation") == "next" for link in links)


def find_matches(searchset: Mapping[str, Any], entry: QueueEntry, context: Context) -> list[Resource]:
    """The resources under the record's identifier that a search found; some servers pass over a parameter that they do
    not know. Of a server that keeps the value of a number alone only those with the record's birth date."""
    return [r for r in _numbered(searchset, entry, context) if _as_born(entry, r, context)]


def find_other_holder(searchset: Mapping[str, Any], entry: QueueEntry, context: Context) -> Resource | None:
    """Somebody with another birth date who has the record's number, where a number is no more than its value."""
    return next((r for r in _numbered(searchset, entry, context) if not _as_born(entry, r, context)), None)


def _numbered(searchset: Mapping[str, Any], entry: QueueEntry, context: Context) -> list[Resource]:
    system = registry.identifier_system(entry.type, context)
    found = list_resources(searchset, entry.resource_type)
    return [r for r in found if carries_number(r, entry.resource_type, system, entry.key)]


def _as_born(entry: QueueEntry, theirs: Resource, context: Context) -> bool:
    value_alone = context.habits.number_system is not None
    return not value_alone or theirs.get("birthDate") == entry.record.fields.get("birth_date")


def has_same_name(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Whether two patients have one name and one birth date."""
    return ours.get("birthDate") == theirs.get("birthDate") and bool(_names(ours) & _names(theirs))


def _names(resource: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Family name and given names, without case."""
    return {(_word(n.get("family")), _joined(listed(n.get("given")))) for n in _objects(resource.get("name"))}


def _objects(found: object) -> Sequence[Mapping[str, Any]]:
    return [each for each in listed(found) if isinstance(each, Mapping)]


def _joined(parts: Iterable[object]) -> str:
    return " ".join(_word(part) for part in parts)


def _word(text: object) -> str:
    return text.strip().casefold() if isinstance(text, str) else ""
