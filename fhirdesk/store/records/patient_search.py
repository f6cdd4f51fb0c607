"""The patients pane's reads: search, order and pages in SQL, fast for a million people."""

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, select, text

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import STATE_OF, PatientQuery, PatientRow, PatientSort, SyncState
from fhirdesk.store.records import hangul_search
from fhirdesk.store.schema.tables import patient, queue_entry, resource_map

P, Q, M = patient.c, queue_entry.c, resource_map.c
TRIGRAM = 3
LAST = "\U0010ffff"
MANY = 5000  # from here on the first rows are found in their order, not sorted
WORST_FIRST = [Status.FAILED, Status.CONFLICT, Status.UNKNOWN, Status.HELD, Status.PROCESSING, Status.PENDING]


class Patients:
    """Reads for one profile."""

    def __init__(self, profile: str):
        self.profile = profile

    def first(self, conn: Connection, query: PatientQuery, count: int) -> list[PatientRow]:
        """The first rows."""
        as_typed, others = _as_typed(query)
        found: list[int] = []
        for chosen in as_typed:
            found += [i for (i,) in conn.execute(chosen.limit(count - len(found)))]
        if len(found) < count:
            rest = _first(conn, query, count - len(found)).where(*others)
            found += [i for (i,) in conn.execute(rest)]
        return self.rows(conn, found)

    def ids(self, conn: Connection, query: PatientQuery) -> "array[int]":
        """All row ids in order: 8 bytes each. By name, those that begin as typed come before the others."""
        as_typed, others = _as_typed(query)
        return array("q", (i for chosen in (*as_typed, _ids(query).where(*others)) for (i,) in conn.execute(chosen)))

    def rows(self, conn: Connection, ids: Sequence[int]) -> list[PatientRow]:
        """Rows by id, in the order asked for."""
        found = {r.id: r for r in conn.execute(select(patient).where(P.id.in_(list(ids))))}
        keys = [r.key for r in found.values()]
        states, editing, synced = self._states(conn, keys)
        return [_row(found[i], states, editing, synced) for i in ids if i in found]

    def name(self, conn: Connection, key: str) -> str | None:
        """What a patient is called, where they are here."""
        found: str | None = conn.execute(select(P.name).where(P.key == key)).scalar()
        return found

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


def _as_typed(query: PatientQuery) -> tuple[list[Select[Any]], list[ColumnElement[bool]]]:
    """Whose name begins with the letters that were typed (Latin: also with a capital), and the condition of all others:
    김 finds 권기명, too (ㄱㅣㅁ), but 김경민 is who is meant."""
    search = _search(query.text)
    if search is None or search.column != "jamo" or query.sort is not PatientSort.NAME:
        return [], []
    typed = unicodedata.normalize("NFC", query.text.strip())
    ranges = [and_(P.name >= t, P.name < t + LAST) for t in dict.fromkeys((typed.title(), typed))]
    return [_ordered(query).where(each) for each in ranges], [not_(each) for each in ranges]


def _ids(query: PatientQuery) -> Select[Any]:
    search = _search(query.text)
    chosen = _ordered(query)
    return chosen.where(search.by_index()) if search else chosen


def _ordered(query: PatientQuery) -> Select[Any]:
    column = P[query.sort.value]
    order = (column.desc(), P.id.desc()) if query.descending else (column, P.id)
    return select(P.id).order_by(*order)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in which column: three letters and more anywhere (trigram index), fewer at the beginning."""

    column: str
    needle: str
    typed: str = ""

    @property
    def anywhere(self) -> bool:
        """Long enough for the trigram index."""
        return len(self.needle) >= TRIGRAM

    def by_index(self) -> ColumnElement[bool]:
        """By its own index: quick when few are found, whatever their order."""
        if self.anywhere:
            phrase = f'{self.column} : "{self.needle.replace(chr(34), chr(34) * 2)}"'
            found = text("patient.id IN (SELECT rowid FROM patient_search WHERE patient_search MATCH :phrase)")
            return found.bindparams(phrase=phrase)  # type: ignore[return-value]
        return and_(P[self.column] >= self.needle, P[self.column] < self.needle + LAST)

    def by_row(self) -> ColumnElement[bool]:
        """Row by row, in the order asked for: quick when many are found and only the first are wanted."""
        letters = func.lower(P[self.column]) if self.column == "key" else P[self.column]
        if self.anywhere:
            return func.instr(letters, self.needle) > 0
        return func.substr(letters, 1, len(self.needle)) == self.needle

    def beginning(self, sort: PatientSort) -> ColumnElement[bool] | None:
        """The range of the order asked for in which those lie that begin so, where it is known: names by a syllable or
        an initial consonant, numbers as typed."""
        if self.column == "key" and sort is PatientSort.KEY:
            return self.keys()
        first = hangul_search.syllables(self.needle, initials=self.column == "initials")
        if first is None or sort is not PatientSort.NAME:
            return None
        return and_(P.name >= first[0], P.name <= first[1] + LAST)

    def keys(self) -> ColumnElement[bool]:
        """Numbers that begin so; the clinic writes them in capitals."""
        return and_(P.key >= self.typed.upper(), P.key < self.typed.upper() + LAST)


def _search(typed: str) -> Search | None:
    wanted = hangul_search.plain(typed)
    if not wanted:
        return None
    if hangul_search.is_initials(wanted):
        return Search("initials", wanted)
    if wanted.replace("-", "").isdigit():
        return Search("digits", hangul_search.digits(wanted))
    if wanted.isascii() and any(c.isdigit() for c in wanted):
        return Search("key", wanted, typed.strip())
    return Search("jamo", hangul_search.jamo(wanted))


def _first(conn: Connection, query: PatientQuery, count: int) -> Select[Any]:
    """The first ids, also of what a tenth of a million people match: sorting all of them would take too long. By name
    or number those that begin so come first; `ids` has everybody, also with a match in the middle."""
    search = _search(query.text)
    if search is None or (search.column == "digits" and query.sort is PatientSort.PHONE) or not _many(conn, search):
        return _ids(query).limit(count)
    chosen = _ordered(query).where(search.by_row()).limit(count)
    beginning = search.beginning(query.sort)
    return chosen if beginning is None else chosen.where(beginning)


def _many(conn: Connection, search: Search) -> bool:
    found = select(P.id).where(search.keys() if search.column == "key" else search.by_index()).limit(MANY).subquery()
    return int(conn.execute(select(func.count()).select_from(found)).scalar() or 0) >= MANY
