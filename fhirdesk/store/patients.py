"""The patients pane's reads: search, order and pages in SQL, fast for a million people."""

from array import array
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, text

from fhirdesk.entry import Status
from fhirdesk.store import search_text
from fhirdesk.store.tables import patient, queue_entry, resource_map
from fhirdesk.views import STATE_OF, PatientQuery, PatientRow, SyncState

P, Q, M = patient.c, queue_entry.c, resource_map.c
TRIGRAM = 3
WORST_FIRST = [Status.FAILED, Status.CONFLICT, Status.UNKNOWN, Status.HELD, Status.PROCESSING, Status.PENDING]


class Patients:
    """Reads for one profile."""

    def __init__(self, profile: str):
        self.profile = profile

    def first(self, conn: Connection, query: PatientQuery, count: int) -> list[PatientRow]:
        """The first rows."""
        return self.rows(conn, [i for (i,) in conn.execute(_ids(query).limit(count))])

    def ids(self, conn: Connection, query: PatientQuery) -> "array[int]":
        """All row ids in order: 8 bytes each."""
        return array("q", (i for (i,) in conn.execute(_ids(query))))

    def rows(self, conn: Connection, ids: Sequence[int]) -> list[PatientRow]:
        """Rows by id, in the order asked for."""
        found = {r.id: r for r in conn.execute(select(patient).where(P.id.in_(list(ids))))}
        keys = [r.key for r in found.values()]
        states, editing, synced = self._states(conn, keys)
        return [_row(found[i], states, editing, synced) for i in ids if i in found]

    def _states(
        self, conn: Connection, keys: Sequence[str]
    ) -> tuple[dict[str, SyncState], set[str], dict[str, float | None]]:
        """For each patient: the worst open state of their records, whether an edit is open, since when synced."""
        worst: dict[str, SyncState] = {}
        editing = set()
        query = select(Q.patient_key, Q.status, Q.edit.is_not(None).label("edit")).where(
            Q.profile == self.profile, Q.patient_key.in_(keys), Q.status.in_([s.value for s in WORST_FIRST])
        )
        open_ = conn.execute(query.distinct()).all()
        for status in WORST_FIRST:
            for row in open_:
                if row.status == status and row.patient_key not in worst:
                    worst[row.patient_key] = STATE_OF[status]
                if row.edit:
                    editing.add(row.patient_key)
        there = select(M.key, M.synced_at).where(M.profile == self.profile, M.type == "patient", M.key.in_(keys))
        synced = {key: at for key, at in conn.execute(there)}
        return worst, editing, synced


def _row(r: Any, states: dict[str, SyncState], editing: set[str], synced: dict[str, float | None]) -> PatientRow:
    state = states.get(r.key, SyncState.ON_SERVER if r.key in synced else SyncState.LOCAL)
    partial = not (r.name and r.birth_date and r.gender)
    edited, at = r.key in editing, synced.get(r.key)
    return PatientRow(r.id, r.key, r.name, r.birth_date, r.gender, r.phone, state, edited, at, partial)


def _ids(query: PatientQuery) -> Select[Any]:
    column = P[query.sort.value]
    order = (column.desc(), P.id.desc()) if query.descending else (column, P.id)
    chosen: Select[Any] = select(P.id).order_by(*order)
    wanted = search_text.plain(query.text)
    return chosen if not wanted else _matching(chosen, wanted)


def _matching(chosen: Select[Any], wanted: str) -> Select[Any]:
    """Three letters and more are found anywhere (trigram index), fewer at the beginning."""
    column, needle = "jamo", search_text.jamo(wanted)
    if search_text.is_initials(wanted):
        column, needle = "initials", wanted
    elif wanted.replace("-", "").isdigit():
        column, needle = "digits", search_text.digits(wanted)
    elif wanted.isascii() and any(c.isdigit() for c in wanted):
        column, needle = "key", wanted
    if len(needle) >= TRIGRAM:
        phrase = f'{column} : "{needle.replace(chr(34), chr(34) * 2)}"'
        found = text("patient.id IN (SELECT rowid FROM patient_search WHERE patient_search MATCH :phrase)")
        return chosen.where(found.bindparams(phrase=phrase))
    return chosen.where(P[column] >= needle, P[column] < needle + "\U0010ffff")
