"""Turns rows of the tables into the frozen values of core, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from operator import attrgetter
from typing import Any

from fhirdesk.core.queue_entry import Attempt, IdMapping, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.records import Base, Record
from fhirdesk.core.resource import Issue
from fhirdesk.r4 import json
from fhirdesk.store.schema import checksums

ISSUES = 100  # the most that are kept of one answer
ITSELF = ""  # the key in `links` under which the record's own name stands
STATES = {s.value: s for s in Status}
OPERATIONS = {o.value: o for o in Operation}


def reason_from_row(row: Any) -> Reason | None:
    """Build a reason from the columns `reason` and `reason_params`; None when there is none."""
    return Reason(row.reason, json.loads(row.reason_params or "{}")) if row.reason else None


def record_from_columns(type_: str, key: str, fields: bytes | None, base: bytes | None, links: bytes | None) -> Record:
    """Build a record from its columns."""
    references = {text: (link[0], link[1]) for text, link in json.loads(links).items()} if links else {}
    _, name = references.pop(ITSELF, (type_, None))
    return Record(type_, key, json.loads(fields) if fields else {}, Base(base, references, name) if base else None)


def base_columns(record: Record) -> dict[str, bytes | None]:
    """Return the columns `base` and `links` of a record; both None when it was not read from a resource."""
    base = record.base
    links = dict(base.links) | ({ITSELF: (record.type, base.name)} if base.name else {}) if base else {}
    return {"base": base.body if base else None, "links": json.dumps(links) if links else None}


ENTRY = (  # of queue_entry, as `entry_from_columns` takes them
    *checksums.ENTRY, checksums.SUM, "seq", "status", "priority", "created_at", "not_before", "counted",
    "attempts", "reason", "reason_params", "logical_id", "alone", "crashes", "origin",
)  # fmt: skip
MAPPING = (*checksums.MAPPING, checksums.SUM, "synced_at")  # of resource_map, as `mapping_from_columns` takes them
_entry, _mapped = attrgetter(*ENTRY), attrgetter(*MAPPING)


def entry_from_row(row: Any) -> QueueEntry:
    """Build an entry from a row of queue_entry; a damaged one is marked, and has no content that could be sent."""
    return entry_from_columns(_entry(row))


def entry_from_columns(values: tuple[Any, ...]) -> QueueEntry:
    """Build an entry from the columns ENTRY, in that order."""
    uuid, _, type_, key, resource_type, operation, record, base, links, edit, patient, sum_, *others = values
    seq, status, priority, made_at, not_before, counted, attempts, reason, params, id_, alone, crashes, origin = others
    if (
        not checksums.matches(sum_, values[: len(checksums.ENTRY)])
        or status not in STATES
        or operation not in OPERATIONS
    ):
        return _damaged(dict(zip(ENTRY, values, strict=True)))
    return QueueEntry(
        seq=seq,
        uuid=uuid,
        type=type_,
        key=key,
        resource_type=resource_type,
        operation=OPERATIONS[operation],
        status=STATES[status],
        priority=priority,
        created_at=made_at,
        not_before=not_before,
        failures=counted,
        attempts=attempts,
        record=record_from_columns(type_, key, record, base, links),
        edit=json.loads(edit) if edit else None,
        reason=Reason(reason, json.loads(params or "{}")) if reason else None,
        patient_key=patient,
        logical_id=id_,
        isolated=bool(alone),
        crash_count=crashes,
        origin=origin,
    )


def _damaged(row: Mapping[str, Any]) -> QueueEntry:
    return QueueEntry(
        seq=row["seq"],
        uuid=str(row["uuid"]),
        type=str(row["type"]),
        key=str(row["key"]),
        resource_type=str(row["resource_type"]),
        operation=Operation.UPDATE,
        status=STATES.get(row["status"], Status.FAILED),
        priority=0,
        created_at=0.0,
        not_before=0.0,
        failures=0,
        attempts=row["attempts"],
        record=Record(str(row["type"]), str(row["key"]), {}),
        reason=Reason("why_damaged"),
        damaged=True,
    )


def attempt_from_row(uuid: str, row: Any) -> Attempt:
    """Build an attempt of the entry `uuid` from a row of attempt."""
    request = json.loads(row.request) if row.request else None
    body = request.get("body") if request else None
    return Attempt(
        entry=uuid,
        number=row.number,
        at=row.at,
        phase=Phase(row.phase),
        status=row.status,
        issue=row.issue,
        request_id=row.request_id,
        ms=row.ms,
        expires_at=row.expires_at,
        request=request,
        body=json.pretty(body) if body is not None else None,
        issues=_issues_from_json(row.answer, row.issue),
    )


def issues_to_json(issues: Sequence[Issue]) -> str | None:
    """Encode the issues of an answer for the column `answer`, the first ISSUES of them; None when there are none."""
    return json.dumps([asdict(i) for i in issues[:ISSUES]]).decode() if issues else None


def _issues_from_json(answer: str | None, code: str | None) -> tuple[Issue, ...]:
    """Decode what `issues_to_json` wrote; older rows hold plain text."""
    if not answer:
        return ()
    if not answer.startswith("[{"):
        return (Issue("error", code or "processing", text=answer),)
    return tuple(Issue(**issue) for issue in json.loads(answer))


def mapping_from_row(row: Any) -> IdMapping:
    """Build a mapping from a row of resource_map; a damaged one is marked."""
    return mapping_from_columns(_mapped(row))


def mapping_from_columns(values: tuple[Any, ...]) -> IdMapping:
    """Build a mapping from the columns MAPPING, in that order."""
    _, type_, key, resource_type, logical_id, version_id, base, base_read, sum_, synced_at = values
    if not checksums.matches(sum_, values[: len(checksums.MAPPING)]):
        return IdMapping(str(type_), str(key), str(resource_type), "", None, None, damaged=True)
    return IdMapping(
        type=type_,
        key=key,
        resource_type=resource_type,
        logical_id=logical_id,
        version_id=version_id,
        base=json.loads(base) if base else None,
        base_read=bool(base_read),
        synced_at=synced_at,
    )
