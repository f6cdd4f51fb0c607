"""The three-way merge: what one side alone changed is never lost, and a choice is asked for the rest alone."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.records import Record
from fhirdesk.core.views import Side
from fhirdesk.sync.three_way_merge import ThreeWay, find_swept, three_way
from tests.factories import person

NAMES = ("phone", "email", "address", "postcode", "given_name")
VALUES = st.sampled_from([None, "1", "2", "3"])
FIELDS = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)).map(lambda f: {n: v for n, v in f.items() if v})


@given(FIELDS, FIELDS, FIELDS)
def test_no_lone_change_of_either_side_is_ever_lost(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    sides = ThreeWay(base, ours, theirs)
    chosen = dict.fromkeys(sides.contested, "chosen")
    merged = {**ours, **sides.merged(chosen)}
    for name in NAMES:
        was, mine, there, made = base.get(name), ours.get(name), theirs.get(name), merged.get(name)
        if mine == there:
            assert made == mine and name not in sides.differing
        elif was == mine:
            assert made == there and sides.differing[name] is Side.THEIRS
        elif was == there:
            assert made == mine and sides.differing[name] is Side.MINE
        else:
            assert made == "chosen" and name in sides.contested


@given(FIELDS, FIELDS, FIELDS)
def test_the_merge_is_the_same_whichever_side_is_called_ours(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    one, other = ThreeWay(base, ours, theirs), ThreeWay(base, theirs, ours)
    assert set(one.contested) == set(other.contested)
    chosen = dict.fromkeys(one.contested, "chosen")
    assert one.merged(chosen) == other.merged(chosen)


@given(FIELDS, FIELDS)
def test_where_nobody_knows_how_it_was_what_the_server_alone_says_stays_there(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    sides = ThreeWay(None, ours, theirs)
    for name, who in sides.differing.items():
        assert who is (Side.BOTH if name in ours else Side.THEIRS)


@given(FIELDS, FIELDS, FIELDS)
def test_patients_as_they_go_over_the_wire_merge_alike(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    sides = three_way(person_of(ours), None, resource_of(base), resource_of(theirs), Mapper())
    given_name = {"given_name": "길동"}
    plain = ThreeWay(given_name | base, given_name | ours, given_name | theirs)
    assert set(sides.contested) == set(plain.contested) and sides.news == plain.news


def person_of(fields: dict[str, Any]) -> Record:
    return person("P-1", **fields)


def resource_of(fields: dict[str, Any]) -> dict[str, Any]:
    return Mapper().to_resource(person_of(fields))


def test_numbers_are_compared_by_value() -> None:
    def result(value: str, comments: str) -> dict[str, Any]:
        fields = {"result_id": "L-1", "patient_id": "P-1", "test_code": "2345-7", "test_name": "Glucose"}
        return fields | {"result_value": value, "resulted_at": "2026-01-01", "comments": comments}

    base, theirs = (Mapper().to_resource(Record("lab_result", "L-1", result(v, "a"))) for v in ("13.50", "13.5"))
    found = three_way(Record("lab_result", "L-1", result("13.50", "b")), None, base, theirs, Mapper())
    assert found.differing == {"comments": Side.MINE}


def test_what_a_new_value_would_sweep_away_is_a_choice_too() -> None:
    """A colleague completes the old address with its city while we replace it: neither is dropped unseen."""
    base = resource_of({"address": "가온로 1"})
    (there,) = base["address"]
    theirs = {**base, "address": [{**there, "city": "서울"}]}
    for mine, contested in (({"address": "나루길 2"}, ("address",)), ({"address": "가온로 1", "postcode": "1"}, ())):
        record = person_of(mine)
        found = three_way(record, None, base, theirs, Mapper())
        assert find_swept(found, record, base, theirs, Mapper()).contested == contested
