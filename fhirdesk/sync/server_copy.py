"""The server's copy of a record: whether it is the same person's, what clashes with ours, how it becomes the base."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fhirdesk.converters import merge, patient_number, registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason
from fhirdesk.core.resource import Resource, identifier, identifiers, is_id, listed, version_id
from fhirdesk.sync.three_way_merge import find_swept, three_way

MASTER_IS_SERVER = "Patient"
PATIENT = re.compile(r"(?:^|/)Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$")


def carries_number(resource: Resource, resource_type: str, system: str, key: str) -> bool:
    """Whether it is of that type and has that number."""
    id_ = resource.get("id")
    if resource.get("resourceType") != resource_type or not (isinstance(id_, str) and is_id(id_)):
        return False
    return any(i.get("system") == system and i.get("value") == key for i in identifiers(resource))


def belongs_to_another(mapped: IdMapping, theirs: Mapping[str, Any], context: Context) -> bool:
    """D18: whether that id now belongs to somebody else: another number of ours, or none and another birth date."""
    system = registry.identifier_system(mapped.type, context)
    if carries_number(dict(theirs), mapped.resource_type, system, mapped.key):
        return False
    if identifier(theirs, system) is not None:
        return True
    base = mapped.base or {}
    born, was_born = theirs.get("birthDate"), base.get("birthDate")
    return identifier(base, system) is not None and None not in (born, was_born) and born != was_born


def has_lost_identity(mapped: IdMapping, theirs: Mapping[str, Any], context: Context) -> bool:
    """Whether the server's copy had our number, and what is at that id now has neither that nor the same birth date:
    nothing says that it is the same."""
    system, base = registry.identifier_system(mapped.type, context), mapped.base or {}
    born = base.get("birthDate")
    had = mapped.base_read and identifier(base, system) is not None
    return had and identifier(theirs, system) is None and (born is None or born != theirs.get("birthDate"))


def proves_identity(mapped: IdMapping, theirs: Mapping[str, Any], context: Context) -> bool:
    """Whether what is at that id carries the record's number, in whatever system, and was born on the same day."""
    base = mapped.base or {}
    numbered = any(i.get("value") == mapped.key for i in identifiers(theirs)) or identifier(
        base, registry.identifier_system(mapped.type, context)
    ) in [i.get("value") for i in identifiers(theirs)]
    return numbered and theirs.get("birthDate") == base.get("birthDate")


def is_same_person(entry: QueueEntry, ours: Resource, theirs: Resource, context: Context) -> bool:
    """Whether a resource that carries no proof of ours yet is the record's: our number, or none and the same birth."""
    system = registry.identifier_system(entry.type, context)
    if carries_number(theirs, entry.resource_type, system, entry.key):
        return True
    born = theirs.get("birthDate")
    return identifier(theirs, system) is None and born is not None and born == ours.get("birthDate")


def is_another_record(entry: QueueEntry, sent: Mapping[str, Any], theirs: Mapping[str, Any], context: Context) -> bool:
    """H1: whether a resource that came back is not the one that was sent: it carries another number of ours, or none,
    and is another person's (by birth date or name), or about another one."""
    system = registry.identifier_system(entry.type, context)
    ours, there = _values(sent, system), _values(theirs, system)
    if ours and there:
        return ours.isdisjoint(there)
    return any(a and b and a.isdisjoint(b) for a, b in zip(_marks(sent), _marks(theirs), strict=True))


def _values(resource: Mapping[str, Any], system: str) -> set[str]:
    found = (i.get("value") for i in identifiers(resource) if i.get("system") == system)
    return {value for value in found if isinstance(value, str)}


def _marks(resource: Mapping[str, Any]) -> Sequence[set[str]]:
    """By what one tells whom a resource is about: birth date, family and first given name, the patient referred to."""
    names = [n for n in listed(resource.get("name")) if isinstance(n, Mapping)]
    given = [next(iter(listed(n.get("given"))), None) for n in names]
    about = (resource.get("subject"), resource.get("patient"))
    places = (a.get("reference") for a in about if isinstance(a, Mapping))
    whom = [m[1] for p in places if isinstance(p, str) and (m := PATIENT.search(p))]
    return _texts([resource.get("birthDate")]), _texts(n.get("family") for n in names), _texts(given), set(whom)


def _texts(values: Iterable[object]) -> set[str]:
    return {value.strip().casefold() for value in values if isinstance(value, str) and value.strip()}


def other_record(logical_id: str) -> Reason:
    """What is at that id belongs to another patient, or another record."""
    return Reason("why_another_patient", {"id": logical_id})


def identity_pause(mapped: IdMapping) -> Reason:
    """The pause for it: an id that we know is somebody else's now, so the server may not be the one we knew (D18)."""
    return Reason("pause_identity", {"type": mapped.resource_type, "id": mapped.logical_id})


def duplicates(found: Sequence[Resource]) -> Reason:
    """Several under one identifier, by id (D10); none where the server does not let us find them."""
    return Reason("why_duplicate", {"ids": ", ".join(str(r["id"]) for r in found) or "?"})


def is_as_sent(entry: QueueEntry, sent: Resource, theirs: Resource, context: Context) -> bool:
    """Whether what an attempt sent stands there: our elements, and of a record that was read from a resource also what
    it says beside them."""
    if not sent or not merge.same(sent, theirs, registry.converter(entry.type)):
        return False
    if entry.record.base is None:
        return True
    said = source_resource.elements(entry.type, source_resource.to_resource(entry.record, context))
    return all(merge.by_value(theirs.get(name)) == merge.by_value(sent.get(name)) for name in said)


def conflicting_elements(entry: QueueEntry, base: Resource, theirs: Resource, context: Context) -> Reason | None:
    """For what the server is master of: the fields that both sides changed since `base`, differently; and a number
    that somebody changed there, where it has room for one alone."""
    if entry.resource_type != MASTER_IS_SERVER:
        return None
    number = patient_number.shown(theirs, context)
    if number not in (None, entry.key, patient_number.shown(base, context)):
        return Reason("why_number_changed", {"number": str(number)})
    found = three_way(entry.record, entry.edit, base, theirs, context)
    contested = find_swept(found, entry.record, base, theirs, context).contested
    return Reason("why_changed_there", {"elements": ", ".join(contested)}) if contested else None


def server_changes(entry: QueueEntry, base: Resource, theirs: Resource, context: Context) -> dict[str, Any]:
    """For what the server is master of: the fields that it changed since `base` and the record did not (None: gone). Of
    an edit, all but those that it changes: what is the base of the next one must be what a person sees."""
    if entry.resource_type != MASTER_IS_SERVER:
        return {}
    news = three_way(entry.record, None, base, theirs, context).news
    return {name: value for name, value in news.items() if name not in (entry.edit or ())}


def unset_locally(entry: QueueEntry, theirs: Resource, context: Context) -> dict[str, Any]:
    """At the first meeting: the fields that the record says nothing of and the server, their master, has. Nobody took
    them away here, so they are not taken away there."""
    return server_changes(entry, {"resourceType": entry.resource_type}, theirs, context)


def as_base(entry: QueueEntry, theirs: Resource, clock: Clock) -> IdMapping:
    """The server's copy as the base of the next update."""
    return IdMapping(
        type=entry.type,
        key=entry.key,
        resource_type=entry.resource_type,
        logical_id=str(theirs["id"]),
        version_id=version_id(theirs),
        base=theirs,
        base_read=True,
        synced_at=clock.now(),
    )
