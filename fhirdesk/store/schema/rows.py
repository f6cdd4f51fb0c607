"""Rows of the tables as the vocabulary's dataclasses."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from operator import attrgetter
from typing import Any

from fhirdesk.core.queue_entry import Attempt, IdMapping, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.records import Base, Record
from fhirdesk.core.resource import Issue
from fhirdesk.r4 import json
from fhirdesk.store.schema import checksums

ISSUES = 100  # of one answer that are kept
ITSELF = ""  # in links: the record's own name
STATES = {s.value: s for s in Status}
OPERATIONS = {o.value: o for o in Operation}


def reason_from_row(row: Any) -> Reason | None:
    """The reason columns."""
    return Reason(row.reason, json.loads(row.reason_params or "{}")) if row.reason else None


def record_from(type_: str, key: str, fields: bytes | None, base: bytes | None, links: bytes | None) -> Record:
    """A record from its columns."""
    found = {text: (place[0], place[1]) for text, place in json.loads(links).items()} if links else {}
    _, name = found.pop(ITSELF, (type_, None))
    return Record(type_, key, json.loads(fields) if fields else {}, Base(base, found, name) if base else None)


def base_columns(record: Record) -> dict[str, bytes | None]:
    """The columns of a base."""
    base = record.base
    links = dict(base.links) | ({ITSELF: (record.type, base.name)} if base.name else {}) if base else {}
    return {"base": base.body if base else None, "links": json.dumps(links) if links else None}


ENTRY = (  # of queue_entry, as `entry_from` takes them
    *checksums.ENTRY, checksums.SUM, "seq", "status", "priority", "created_at", "not_before", "counted",
    "attempts", "reason", "reason_params", "logical_id", "alone", "crashes", "origin",
)  # fmt: skip
MAPPED = (*checksums.MAPPED, checksums.SUM, "synced_at")  # of resource_map, as `mapped_from` takes them
_entry, _mapped = attrgetter(*ENTRY), attrgetter(*MAPPED)


def entry_from_row(row: Any) -> QueueEntry:
    """A row of queue_entry. One that is damaged says so, and nothing of what it would send."""
    return entry_from(_entry(row))


def entry_from(values: tuple[Any, ...]) -> QueueEntry:
    """The columns ENTRY of a row, in that order."""
    uuid, _, type_, key, resource_type, operation, record, base, links, edit, patient, sum_, *others = values
    seq, status, priority, made_at, not_before, counted, attempts, reason, params, id_, alone, crashes, origin = others
    if not checksums.fits(sum_, values[: len(checksums.ENTRY)]) or status not in STATES or operation not in OPERATIONS:
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
        counted=counted,
        attempts=attempts,
        record=record_from(type_, key, record, base, links),
        edit=json.loads(edit) if edit else None,
        reason=Reason(reason, json.loads(params or "{}")) if reason else None,
        patient_key=patient,
        logical_id=id_,
        alone=bool(alone),
        crashes=crashes,
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
        counted=0,
        attempts=row["attempts"],
        record=Record(str(row["type"]), str(row["key"]), {}),
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
        issues=_issues(row.answer, row.issue),
    )


def said(issues: Sequence[Issue]) -> str | None:
    """The issues of an answer for the column `answer`, as JSON; one that goes on for ever is cut."""
    return json.dumps([asdict(i) for i in issues[:ISSUES]]).decode() if issues else None


def _issues(answer: str | None, code: str | None) -> tuple[Issue, ...]:
    """As `said` wrote them; older rows hold the texts alone."""
    if not answer:
        return ()
    if not answer.startswith("[{"):
        return (Issue("error", code or "processing", text=answer),)
    return tuple(Issue(**issue) for issue in json.loads(answer))


def mapped_from_row(row: Any) -> IdMapping:
    """A row of resource_map; one that is damaged says so."""
    return mapped_from(_mapped(row))


def mapped_from(values: tuple[Any, ...]) -> IdMapping:
    """The columns MAPPED of a row, in that order."""
    _, type_, key, resource_type, logical_id, version_id, base, base_read, sum_, synced_at = values
    if not checksums.fits(sum_, values[: len(checksums.MAPPED)]):
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
