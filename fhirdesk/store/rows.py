"""Rows of the tables as the vocabulary's dataclasses."""

from typing import Any

from fhirdesk.entry import Attempt, Mapped, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.r4 import json
from fhirdesk.records import Base, Record
from fhirdesk.store import sums

STATES = frozenset(s.value for s in Status)


def reason_from_row(row: Any) -> Reason | None:
    """The reason columns."""
    return Reason(row.reason, json.loads(row.reason_params or "{}")) if row.reason else None


def record_from(type_: str, key: str, fields: bytes | None, base: bytes | None, links: bytes | None) -> Record:
    """A record from its columns."""
    found = {text: (place[0], place[1]) for text, place in json.loads(links).items()} if links else {}
    return Record(type_, key, json.loads(fields) if fields else {}, Base(base, found) if base else None)


def base_columns(record: Record) -> dict[str, bytes | None]:
    """The columns of a base."""
    base = record.base
    return {"base": base.body if base else None, "links": json.dumps(base.links) if base and base.links else None}


def entry_from_row(row: Any) -> QueueEntry:
    """A row of queue_entry. One that is damaged says so, and nothing of what it would send."""
    if not sums.whole(row, sums.ENTRY) or row.status not in STATES:
        return _damaged(row)
    return QueueEntry(
        seq=row.seq,
        uuid=row.uuid,
        type=row.type,
        key=row.key,
        resource_type=row.resource_type,
        operation=Operation(row.operation),
        status=Status(row.status),
        priority=row.priority,
        created_at=row.created_at,
        not_before=row.not_before,
        counted=row.counted,
        attempts=row.attempts,
        record=record_from(row.type, row.key, row.record, row.base, row.links),
        edit=json.loads(row.edit) if row.edit else None,
        reason=reason_from_row(row),
        patient_key=row.patient_key,
        logical_id=row.logical_id,
        alone=bool(row.alone),
        crashes=row.crashes,
        origin=row.origin,
    )


def _damaged(row: Any) -> QueueEntry:
    return QueueEntry(
        seq=row.seq,
        uuid=str(row.uuid),
        type=str(row.type),
        key=str(row.key),
        resource_type=str(row.resource_type),
        operation=Operation.UPDATE,
        status=Status(row.status) if row.status in STATES else Status.FAILED,
        priority=0,
        created_at=0.0,
        not_before=0.0,
        counted=0,
        attempts=row.attempts,
        record=Record(str(row.type), str(row.key), {}),
        reason=Reason("why_damaged"),
        damaged=True,
    )


def attempt_from_row(uuid: str, row: Any) -> Attempt:
    """A row of attempt."""
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
        answer=row.answer,
    )


def mapped_from_row(row: Any) -> Mapped:
    """A row of resource_map; one that is damaged says so."""
    if not sums.whole(row, sums.MAPPED):
        return Mapped(str(row.type), str(row.key), str(row.resource_type), "", None, None, damaged=True)
    return Mapped(
        type=row.type,
        key=row.key,
        resource_type=row.resource_type,
        logical_id=row.logical_id,
        version_id=row.version_id,
        base=json.loads(row.base) if row.base else None,
        base_read=bool(row.base_read),
        synced_at=row.synced_at,
    )
