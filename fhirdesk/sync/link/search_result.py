"""Reads the searchset of a server: the record's own resource, others with its number, people of the same name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import QueueEntry
from fhirdesk.core.resource import Resource, is_id, listed
from fhirdesk.sync.server_copy import carries_number


def list_resources(searchset: Mapping[str, Any], resource_type: str) -> list[Resource]:
    """The resources of that type in the searchset. Some servers add an OperationOutcome, which is left out."""
    resources = (e.get("resource") for e in listed(searchset.get("entry")) if isinstance(e, dict))
    of_type = (r for r in resources if isinstance(r, dict) and r.get("resourceType") == resource_type)
    return [r for r in of_type if isinstance(r.get("id"), str) and is_id(r["id"])]


def has_next_page(searchset: Mapping[str, Any]) -> bool:
    """True if the server has more pages. A search by identifier has one page, so this server ignored the identifier."""
    links = (each for each in listed(searchset.get("link")) if isinstance(each, dict))
    return any(link.get("relation") == "next" for link in links)


def find_matches(searchset: Mapping[str, Any], entry: QueueEntry, mapper: Mapper) -> list[Resource]:
    """The resources in the searchset that carry the record's identifier; some servers ignore a search parameter that
    they do not know. Where a server keeps a number without its system, the birth date must match, too."""
    return [r for r in _numbered(searchset, entry, mapper) if _as_born(entry, r, mapper)]


def find_other_holder(searchset: Mapping[str, Any], entry: QueueEntry, mapper: Mapper) -> Resource | None:
    """A patient who has the record's number and another birth date, on a server that keeps a number without its system.
    None if there is none."""
    return next((r for r in _numbered(searchset, entry, mapper) if not _as_born(entry, r, mapper)), None)


def _numbered(searchset: Mapping[str, Any], entry: QueueEntry, mapper: Mapper) -> list[Resource]:
    system = mapper.identifier_system(entry.type)
    resources = list_resources(searchset, entry.resource_type)
    return [r for r in resources if carries_number(r, entry.resource_type, system, entry.key)]


def _as_born(entry: QueueEntry, theirs: Resource, mapper: Mapper) -> bool:
    value_alone = mapper.habits.number_system is not None
    return not value_alone or theirs.get("birthDate") == entry.record.fields.get("birth_date")


def has_same_name(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """True if two patients have a name and the birth date in common."""
    return ours.get("birthDate") == theirs.get("birthDate") and bool(_names(ours) & _names(theirs))


def _names(resource: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Pairs of family name and given names, in lower case."""
    return {(_word(n.get("family")), _joined(listed(n.get("given")))) for n in _objects(resource.get("name"))}


def _objects(value: object) -> Sequence[Mapping[str, Any]]:
    return [each for each in listed(value) if isinstance(each, Mapping)]


def _joined(parts: Iterable[object]) -> str:
    return " ".join(_word(part) for part in parts)


def _word(text: object) -> str:
    return text.strip().casefold() if isinstance(text, str) else ""
