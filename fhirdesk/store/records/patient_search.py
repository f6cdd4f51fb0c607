"""Reads for the patients pane: search, order and pages in SQL, fast for a million patients. What a search looks in, the
columns of `patient` and its index, is written by `records`."""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, cast, func, not_, select, text

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import STATE_OF, PatientQuery, PatientRow, PatientSort, SyncState
from fhirdesk.store.records import hangul_search
from fhirdesk.store.repository import Repository, belongs_to
from fhirdesk.store.schema.tables import patient, queue_entry, record, resource_map

P, Q, M, R = patient.c, queue_entry.c, resource_map.c, record.c
TRIGRAM = 3
HIGHEST = "\U0010ffff"
MANY = 5000  # matches from which the first rows are read in their order instead of sorting all of them
RECENT = 50  # patients that are looked at for the way in which this clinic numbers them
MOST_DIGITS = 15  # more is no number that counts up
NUMBERED = re.compile(rf"([^/]*?)(\d{{1,{MOST_DIGITS}}})", re.ASCII)  # its beginning, and what counts up
WORST_FIRST = [Status.FAILED, Status.CONFLICT, Status.UNKNOWN, Status.HELD, Status.PROCESSING, Status.PENDING]


class Patients(Repository):
    """Reads patients as one profile sees them."""

    def find_first(self, query: PatientQuery, count: int) -> list[PatientRow]:
        """Return the first rows of a query, quickly."""
        beginnings, others = _split_by_beginning(self._profile, query)
        ids: list[int] = []
        for select_ids in beginnings:
            ids += [i for (i,) in self._conn.execute(select_ids.limit(count - len(ids)))]
        if len(ids) < count:
            rest = _select_first(self._conn, self._profile, query, count - len(ids)).where(*others)
            ids += [i for (i,) in self._conn.execute(rest)]
        return self.read_rows(ids)

    def find_ids(self, query: PatientQuery) -> "array[int]":
        """Return all row ids of a query in order, 8 bytes each. By name, names that begin with the text come first."""
        beginnings, others = _split_by_beginning(self._profile, query)
        selects = (*beginnings, _select_ids(self._profile, query).where(*others))
        return array("q", (i for select_ids in selects for (i,) in self._conn.execute(select_ids)))

    def read_rows(self, ids: Sequence[int]) -> list[PatientRow]:
        """Return rows by id, in the order of `ids`; missing ones are left out."""
        query = select(patient).where(belongs_to(P.profile, self._profile), P.id.in_(list(ids)))
        patients = {r.id: r for r in self._conn.execute(query)}
        states, editing, synced = self._read_states([r.key for r in patients.values()])
        return [_row(patients[i], states, editing, synced) for i in ids if i in patients]

    def find_name(self, key: str) -> str | None:
        """Return a patient's name; None when the patient is not here."""
        query = select(P.name).where(P.profile == self._profile, P.key == key)
        name: str | None = self._conn.execute(query).scalar()
        return name

    def suggest_key(self) -> str | None:
        """Return a free number that goes on where those end that begin as the last patient's does, as wide; None when
        there is no such pattern. Deleted patients keep theirs. It is not reserved."""
        recent = select(P.id, P.key).where(P.profile == self._profile).order_by(P.updated_at.desc()).limit(RECENT)
        rows = sorted(self._conn.execute(recent), reverse=True)
        last = next((match for _, key in rows if (match := NUMBERED.fullmatch(key))), None)
        if last is None:
            return None
        prefix, digits = last.groups()
        counted = self._select_counted(prefix)
        highest = self._conn.execute(counted.order_by(R.key.desc()).limit(1)).scalar() or digits
        if self._conn.execute(counted.where(R.key == _count_on(prefix, digits, highest))).scalar():
            # they are not all as wide, so the highest is not the last by letters: all are read, which takes a while
            numbers = counted.with_only_columns(func.max(cast(func.substr(R.key, len(prefix) + 1), Integer)))
            highest = self._conn.execute(numbers).scalar()
        return _count_on(prefix, digits, highest)

    def _select_counted(self, prefix: str) -> Select[Any]:
        """Select what counts up in the keys of patients that begin so."""
        number = func.substr(R.key, len(prefix) + 1)
        return select(number).where(
            *(R.profile == self._profile, R.type == "patient", R.key >= prefix + "0", R.key < prefix + ":"),
            func.length(number) <= MOST_DIGITS,
            not_(number.op("GLOB")("*[^0-9]*")),
        )

    def _read_states(self, keys: Sequence[str]) -> tuple[dict[str, SyncState], set[str], dict[str, float | None]]:
        """Return the worst open state of each patient's records, the patients with an open edit, and when each patient
        on the server was last synced."""
        worst: dict[str, SyncState] = {}
        editing = set()
        query = select(Q.patient_key, Q.status, Q.edit.is_not(None).label("edit")).where(
            Q.profile == self._profile, Q.patient_key.in_(keys), Q.status.in_([s.value for s in WORST_FIRST])
        )
        open_ = self._conn.execute(query.distinct()).all()
        for status in WORST_FIRST:
            for row in open_:
                if row.status == status and row.patient_key not in worst:
                    worst[row.patient_key] = STATE_OF[status]
                if row.edit:
                    editing.add(row.patient_key)
        mapped = select(M.key, M.synced_at).where(M.profile == self._profile, M.type == "patient", M.key.in_(keys))
        synced = {key: at for key, at in self._conn.execute(mapped)}
        return worst, editing, synced


def _count_on(prefix: str, digits: str, highest: str | int | None) -> str:
    """Return the key after the one that ends in `highest`, as wide as `digits`."""
    return prefix + str(int(highest or 0) + 1).zfill(len(digits))


def _row(r: Any, states: dict[str, SyncState], editing: set[str], synced: dict[str, float | None]) -> PatientRow:
    state = states.get(r.key, SyncState.ON_SERVER if r.key in synced else SyncState.LOCAL)
    partial = not (r.name and r.birth_date and r.gender)
    edited, at = r.key in editing, synced.get(r.key)
    return PatientRow(r.id, r.key, r.name, r.birth_date, r.gender, r.phone, state, edited, at, partial)


def _split_by_beginning(profile: str, query: PatientQuery) -> tuple[list[Select[Any]], list[ColumnElement[bool]]]:
    """Split a search by name: the patients whose name begins with the typed text (a Latin one also with a capital), and
    the conditions that leave these out of the rest. 김 also matches 권기명 (ㄱㅣㅁ), but 김경민 should come first."""
    search = _parse_search(query.text)
    if search is None or search.column != "jamo" or query.sort is not PatientSort.NAME:
        return [], []
    typed = unicodedata.normalize("NFC", query.text.strip())
    ranges = [and_(P.name >= t, P.name < t + HIGHEST) for t in dict.fromkeys((typed.title(), typed))]
    selects = [_select_in_order(query).where(P.profile == profile, each) for each in ranges]
    return selects, [not_(each) for each in ranges]


def _select_ids(profile: str, query: PatientQuery) -> Select[Any]:
    search = _parse_search(query.text)
    return _select_in_order(query).where(search.match_by_index(profile) if search else P.profile == profile)


def _select_in_order(query: PatientQuery) -> Select[Any]:
    column = P[query.sort.value]
    order = (column.desc(), P.id.desc()) if query.descending else (column, P.id)
    return select(P.id).order_by(*order)


@dataclass(frozen=True, slots=True)
class Search:
    """A text to search for in one column: anywhere in it from three letters on (trigram index), else at its
    beginning."""

    column: str
    needle: str
    typed: str = ""

    @property
    def is_anywhere(self) -> bool:
        """True when the text is long enough for the trigram index, and so may stand anywhere."""
        return len(self.needle) >= TRIGRAM

    def match_by_index(self, profile: str) -> ColumnElement[bool]:
        """Return the condition on a profile's patients that uses the search's own index: quick when few rows match,
        whatever their order."""
        if self.is_anywhere:
            phrase = f'{self.column} : "{self.needle.replace(chr(34), chr(34) * 2)}"'
            matches = text("patient.id IN (SELECT rowid FROM patient_search WHERE patient_search MATCH :phrase)")
            return and_(belongs_to(P.profile, profile), matches.bindparams(phrase=phrase))
        begins = (P[self.column] >= self.needle, P[self.column] < self.needle + HIGHEST)
        return and_(P.profile == profile, *begins)

    def match_by_row(self) -> ColumnElement[bool]:
        """Return the condition that is tested row by row, in order: quick when many rows match and only the first are
        read."""
        letters = func.lower(P[self.column]) if self.column == "key" else P[self.column]
        if self.is_anywhere:
            return func.instr(letters, self.needle) > 0
        return func.substr(letters, 1, len(self.needle)) == self.needle

    def match_beginning(self, sort: PatientSort) -> ColumnElement[bool] | None:
        """Return the range of the sorted column in which the texts lie that begin like the search: names by a syllable
        or an initial consonant, numbers as typed. None when the order gives no such range."""
        if self.column == "key" and sort is PatientSort.KEY:
            return self.match_keys()
        first = hangul_search.find_syllable_range(self.needle, initials=self.column == "initials")
        if first is None or sort is not PatientSort.NAME:
            return None
        return and_(P.name >= first[0], P.name <= first[1] + HIGHEST)

    def match_keys(self) -> ColumnElement[bool]:
        """Return the range of the patient numbers that begin like the search; the clinic writes them in capitals."""
        return and_(P.key >= self.typed.upper(), P.key < self.typed.upper() + HIGHEST)


def _parse_search(typed: str) -> Search | None:
    needle = hangul_search.normalize(typed)
    if not needle:
        return None
    if hangul_search.is_initials(needle):
        return Search("initials", needle)
    if needle.replace("-", "").isdigit():
        return Search("digits", hangul_search.extract_digits(needle))
    if needle.isascii() and any(c.isdigit() for c in needle):
        return Search("key", needle, typed.strip())
    return Search("jamo", hangul_search.to_jamo(needle))


def _select_first(conn: Connection, profile: str, query: PatientQuery, count: int) -> Select[Any]:
    """Select the first ids, also of a search that a hundred thousand patients match: sorting all of them would take too
    long. By name or number only those that begin like the search are selected then; `find_ids` also has the patients
    with a match in the middle."""
    search = _parse_search(query.text)
    is_by_phone = search is not None and search.column == "digits" and query.sort is PatientSort.PHONE
    if search is None or is_by_phone or not _has_many(conn, profile, search):
        return _select_ids(profile, query).limit(count)
    matches = _select_in_order(query).where(P.profile == profile, search.match_by_row()).limit(count)
    beginning = search.match_beginning(query.sort)
    return matches if beginning is None else matches.where(beginning)


def _has_many(conn: Connection, profile: str, search: Search) -> bool:
    is_key = search.column == "key"
    condition = and_(P.profile == profile, search.match_keys()) if is_key else search.match_by_index(profile)
    matches = select(P.id).where(condition).limit(MANY).subquery()
    return int(conn.execute(select(func.count()).select_from(matches)).scalar() or 0) >= MANY
