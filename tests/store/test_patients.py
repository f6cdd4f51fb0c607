"""The patients pane's reads: what is quick for a million finds what is exact for a few."""

import pytest

from fhirdesk import sample
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.views import PatientQuery, PatientRow, PatientSort
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.records import hangul_search, patient_search

SEARCHES = ("김", "ㄱ", "ㅎㄱ", "ㄱㄱㅁ", "호", "ㅎ", "p-2026-00", "P-2026-000001", "2026", "010-1", "010", "carl", "")


def begins(row: PatientRow, text: str) -> bool:
    """Whether the name or the number begins with what was typed."""
    letters = (
        hangul_search.to_initials(row.name) if hangul_search.is_initials(text) else hangul_search.normalize(row.name)
    )
    return letters.startswith(text) or row.key.startswith(text.upper())


@pytest.fixture
def crowd(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> SqliteStore:
    """As if a handful were many."""
    monkeypatch.setattr(patient_search, "MANY", 2)
    people = [Mapper().read_record(r, None) for r in sample.generate(150, 3) if r["type"] == "patient"]
    with store.transaction() as tx:
        tx.records.put(people, 1.0)
    return store


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(PatientSort))
def test_the_first_page_of_many_is_in_order_and_has_all_that_begin_so(
    crowd: SqliteStore, sort: PatientSort, descending: bool
) -> None:
    with crowd.snapshot() as view:
        for text in SEARCHES:
            query = PatientQuery(text, sort, descending)
            exact = view.patients.read_rows(view.patients.find_ids(query))
            found = [r.id for r in view.patients.find_first(query, 200)]
            assert found == [r.id for r in exact if r.id in set(found)], text
            assert {r.id for r in exact if begins(r, text)} <= set(found), text
            if sort in (PatientSort.BORN, PatientSort.UPDATED):
                assert len(found) == len(exact), text


def test_who_begins_as_typed_comes_before_who_has_it_in_the_middle(store: SqliteStore) -> None:
    people = [
        {"type": "patient", "patient_id": f"P-{n}", "family_name": family, "given_name": given, "gender": "M"}
        | {"birth_date": "1985-06-15"}
        for n, (family, given) in enumerate(
            (("권", "기명"), ("김", "경민"), ("기", "민서"), ("Smith", "Ann"), ("Doe", "Smith"), ("김", "가문"))
        )
    ]
    with store.transaction() as tx:
        tx.records.put([Mapper().read_record(r, None) for r in people], 1.0)
    wanted = {
        "김": ["김가문", "김경민", "권기명", "기민서"],
        " 김경": ["김경민"],
        "smith": ["Smith", "Ann"],
        "SMITH": ["Smith", "Ann"],
    }
    with store.snapshot() as view:
        for text, names in wanted.items():
            for found in (
                view.patients.find_first(PatientQuery(text), 10),
                view.patients.read_rows(view.patients.find_ids(PatientQuery(text))),
            ):
                assert [r.name.split()[0] if r.name.isascii() else r.name for r in found] == names, text
            assert [r.name for r in view.patients.find_first(PatientQuery("김"), 1)] == ["김가문"]


@pytest.mark.parametrize(
    ("keys", "suggested"),
    [
        ([], None),
        (["kim", "lee"], None),
        (["Patient/45"], None),
        (["P-2026-000001", "P-2026-000007", "P-2025-000900"], "P-2025-000901"),  # as the last one is numbered
        (["P-2025-000900", "P-2026-000007", "P-2026-000001"], "P-2026-000008"),
        (["9", "10", "8"], "11"),
        (["P-9"], "P-10"),
        (["A-099", "A-1000", "A-098"], "A-1001"),
        (["A-1", "A-7x", "A-7-3", "A-2", "Patient/9"], "A-3"),
        (["A-12345678901234567890", "A-5"], "A-6"),
    ],
)
def test_the_next_number_is_made_like_the_last(store: SqliteStore, keys: list[str], suggested: str | None) -> None:
    for key in keys:
        row = {"type": "patient", "patient_id": key, "family_name": "김", "gender": "M", "birth_date": "1985-06-15"}
        with store.transaction() as tx:
            tx.records.put([Mapper().read_record(row, None)], 1.0)
    with store.snapshot() as view:
        assert view.patients.suggest_key() == suggested


def test_a_deleted_patient_keeps_the_number(store: SqliteStore) -> None:
    row = {"type": "patient", "family_name": "김", "gender": "M", "birth_date": "1985-06-15"}
    with store.transaction() as tx:
        tx.records.put([Mapper().read_record(row | {"patient_id": f"P-{n}"}, None) for n in (1, 2, 3)], 1.0)
        tx.records.tombstone("patient", "P-3", 2.0)
    with store.snapshot() as view:
        assert view.patients.suggest_key() == "P-4"
