"""Judges the server's copy of a record: is it the same record's, what conflicts with ours, what changed there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fhirdesk.converters import merge, patient_number, registry, source_resource
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason
from fhirdesk.core.resource import Resource, identifier, identifiers, is_id, listed, version_id
from fhirdesk.sync.three_way_merge import find_swept, three_way

MASTER_IS_SERVER = "Patient"
PATIENT = re.compile(r"(?:^|/)Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$")


def carries_number(resource: Resource, resource_type: str, system: str, key: str) -> bool:
    """True if the resource is of that type and has that number in that system."""
    id_ = resource.get("id")
    if resource.get("resourceType") != resource_type or not (isinstance(id_, str) and is_id(id_)):
        return False
    return any(i.get("system") == system and i.get("value") == key for i in identifiers(resource))


def belongs_to_another(mapped: IdMapping, theirs: Mapping[str, Any], mapper: Mapper) -> bool:
    """True if the server reused the id for another record: it carries another number of ours, or none and another birth
    date than before (D18)."""
    system = mapper.identifier_system(mapped.type)
    if carries_number(dict(theirs), mapped.resource_type, system, mapped.key):
        return False
    if identifier(theirs, system) is not None:
        return True
    base = mapped.base or {}
    born, was_born = theirs.get("birthDate"), base.get("birthDate")
    return identifier(base, system) is not None and None not in (born, was_born) and born != was_born


def has_lost_identity(mapped: IdMapping, theirs: Mapping[str, Any], mapper: Mapper) -> bool:
    """True if the server's copy had our number, and the resource at that id now has neither our number nor the same
    birth date: nothing shows that it is the same record."""
    system, base = mapper.identifier_system(mapped.type), mapped.base or {}
    born = base.get("birthDate")
    had_number = mapped.base_read and identifier(base, system) is not None
    return had_number and identifier(theirs, system) is None and (born is None or born != theirs.get("birthDate"))


def proves_identity(mapped: IdMapping, theirs: Mapping[str, Any], mapper: Mapper) -> bool:
    """True if the resource at that id carries the record's number, in any system, and has the same birth date."""
    base = mapped.base or {}
    numbers = [i.get("value") for i in identifiers(theirs)]
    number_before = identifier(base, mapper.identifier_system(mapped.type))
    return (mapped.key in numbers or number_before in numbers) and theirs.get("birthDate") == base.get("birthDate")


def is_same_person(entry: QueueEntry, ours: Resource, theirs: Resource, mapper: Mapper) -> bool:
    """True if a resource that we meet for the first time is the record's: it carries our number, or no number of ours
    and the same birth date."""
    system = mapper.identifier_system(entry.type)
    if carries_number(theirs, entry.resource_type, system, entry.key):
        return True
    born = theirs.get("birthDate")
    return identifier(theirs, system) is None and born is not None and born == ours.get("birthDate")


def is_another_record(entry: QueueEntry, sent: Mapping[str, Any], theirs: Mapping[str, Any], mapper: Mapper) -> bool:
    """True if the resource in an answer is not the one that was sent (H1): it carries another number of ours; or none,
    and the birth date or name of another person, or a reference to another patient."""
    system = mapper.identifier_system(entry.type)
    ours, others = _numbers(sent, system), _numbers(theirs, system)
    if ours and others:
        return ours.isdisjoint(others)
    pairs = zip(_identity_marks(sent), _identity_marks(theirs), strict=True)
    return any(a and b and a.isdisjoint(b) for a, b in pairs)


def _numbers(resource: Mapping[str, Any], system: str) -> set[str]:
    values = (i.get("value") for i in identifiers(resource) if i.get("system") == system)
    return {value for value in values if isinstance(value, str)}


def _identity_marks(resource: Mapping[str, Any]) -> Sequence[set[str]]:
    """What tells whom a resource is about: birth date, family name, first given name, the patient it refers to."""
    names = [n for n in listed(resource.get("name")) if isinstance(n, Mapping)]
    given = [next(iter(listed(n.get("given"))), None) for n in names]
    subjects = (resource.get("subject"), resource.get("patient"))
    texts = (subject.get("reference") for subject in subjects if isinstance(subject, Mapping))
    patients = [match[1] for text in texts if isinstance(text, str) and (match := PATIENT.search(text))]
    return _texts([resource.get("birthDate")]), _texts(n.get("family") for n in names), _texts(given), set(patients)


def _texts(values: Iterable[object]) -> set[str]:
    return {value.strip().casefold() for value in values if isinstance(value, str) and value.strip()}


def other_record(logical_id: str) -> Reason:
    """The reason of a conflict: the resource at that id belongs to another patient, or another record."""
    return Reason("why_another_patient", {"id": logical_id})


def identity_pause(mapped: IdMapping) -> Reason:
    """The reason to pause all sending: an id that we know belongs to another record now, so the server may not be the
    one that we knew (D18)."""
    return Reason("pause_identity", {"type": mapped.resource_type, "id": mapped.logical_id})


def duplicates(resources: Sequence[Resource]) -> Reason:
    """The reason of a conflict: several resources carry the identifier (D10). It names their ids, or "?" where the
    server does not let us find them."""
    return Reason("why_duplicate", {"ids": ", ".join(str(r["id"]) for r in resources) or "?"})


def is_as_sent(entry: QueueEntry, sent: Resource, theirs: Resource, mapper: Mapper) -> bool:
    """True if the server's copy is what the attempt sent: our elements are equal and, for a record that was read from a
    resource, so are that resource's other elements."""
    if not sent or not registry.same(entry.type, sent, theirs):
        return False
    if entry.record.base is None:
        return True
    elements = source_resource.unmapped_elements(entry.type, mapper.to_resource(entry.record))
    return all(
        merge.normalize_numbers(theirs.get(name)) == merge.normalize_numbers(sent.get(name)) for name in elements
    )


def conflicting_elements(entry: QueueEntry, base: Resource, theirs: Resource, mapper: Mapper) -> Reason | None:
    """The reason of a conflict where the server is the master: both sides changed the same fields since `base`,
    differently; or somebody changed the number there, on a server that has room for one number only. None if there
    is no conflict."""
    if entry.resource_type != MASTER_IS_SERVER:
        return None
    number = patient_number.find_shown_number(theirs, mapper.context)
    if number not in (None, entry.key, patient_number.find_shown_number(base, mapper.context)):
        return Reason("why_number_changed", {"number": str(number)})
    sides = three_way(entry.record, entry.edit, base, theirs, mapper)
    contested = find_swept(sides, entry.record, base, theirs, mapper).contested
    return Reason("why_changed_there", {"elements": ", ".join(contested)}) if contested else None


def server_changes(entry: QueueEntry, base: Resource, theirs: Resource, mapper: Mapper) -> dict[str, Any]:
    """The fields that the server, as the master, changed since `base` and the record did not; None for a field that the
    server removed. For a profile edit without the edited fields, so that the base of the next edit is what the user
    sees."""
    if entry.resource_type != MASTER_IS_SERVER:
        return {}
    news = three_way(entry.record, None, base, theirs, mapper).news
    return {name: value for name, value in news.items() if name not in (entry.edit or ())}


def unset_locally(entry: QueueEntry, theirs: Resource, mapper: Mapper) -> dict[str, Any]:
    """Fields that are set on the server and empty locally when we first meet an existing resource. Keep them: nobody
    deleted them."""
    return server_changes(entry, {"resourceType": entry.resource_type}, theirs, mapper)


def as_base(entry: QueueEntry, theirs: Resource, clock: Clock) -> IdMapping:
    """The mapping that makes the server's copy the base of the next update."""
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
