"""The judge itself: each broken promise is seen, and a kept one is not accused."""

import pytest

from tests.harness.journal import Write
from tests.harness.judge import Change, Verdict, blind_resends, judge
from tests.marks import invariant


def asked(*marks: int, key: str = "P-1", **more: bool) -> list[Change]:
    return [Change(mark, "patient", key, **more) for mark in marks]


def done(*marks: int | None, key: str = "P-1", id_: str = "1") -> list[Write]:
    return [Write("patient", key, id_, str(version), mark) for version, mark in enumerate(marks, 1)]


@pytest.mark.parametrize(
    ("marks", "versions"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 3], [3]),  # unsent changes give way to newer ones
        ([1, 2, 3], [1, 3]),
    ],
)
def test_a_kept_promise(marks: list[int], versions: list[int]) -> None:
    assert judge(asked(*marks), done(*versions)).faults == {}


@pytest.mark.parametrize(
    ("marks", "versions", "kind"),
    [
        ([1], [], "lost"),
        ([1, 2], [1], "lost"),
        ([1, 2], [1, 1, 2], "twice"),
        ([1, 2, 3], [2, 1, 3], "out_of_order"),
        ([1], [7], "strange"),
    ],
)
def test_a_broken_promise(marks: list[int], versions: list[int], kind: str) -> None:
    assert kind in judge(asked(*marks), done(*versions)).faults


def test_two_for_one_record_are_seen_but_not_one_after_the_other() -> None:
    changes = [*asked(1), *asked(2, deletes=True), *asked(3)]
    again = done(3, id_="2")
    assert judge(asked(1, 3), [*done(1), *again]).faults.keys() == {"duplicates"}
    assert judge(changes, [*done(1, None), *again]).faults == {}


def test_a_delete_that_nobody_asked_for_and_one_that_was_forgotten() -> None:
    assert "twice" in judge(asked(1), done(1, None)).faults
    assert "lost" in judge([*asked(1), *asked(2, deletes=True)], done(1)).faults


def test_what_was_not_acknowledged_may_have_arrived_or_not() -> None:
    changes = [*asked(1), *asked(2, acknowledged=False)]
    assert judge(changes, done(1)).faults == {} == judge(changes, done(1, 2)).faults


@invariant(8)
def test_a_child_before_its_parent() -> None:
    child = Write("encounter", "E-1", "9", "1", 2, ("Patient/1",))
    changes = [*asked(1), Change(2, "encounter", "E-1")]
    assert "child_first" in judge(changes, [child, *done(1)]).faults
    assert judge(changes, [*done(1), child]).faults == {}


@invariant(7)
def test_a_second_create_without_two_empty_looks_a_settle_time_apart() -> None:
    def sent(at: float) -> dict[str, object]:
        return {"what": "create", "at": at, "key": "P-1", "mark": 1}

    def looked(at: float) -> dict[str, object]:
        return {"what": "search", "at": at, "key": "P-1", "empty": True}

    for rows, faults in (
        ([looked(0), sent(1), looked(2), looked(5), sent(6)], 0),
        ([looked(0), sent(1), looked(2), sent(6)], 1),
        ([looked(0), sent(1), looked(2), looked(3), sent(6)], 1),
        ([sent(1)], 1),
    ):
        verdict = Verdict()
        blind_resends(rows, 2.0, verdict)
        assert len(verdict.blind) == faults, rows


@invariant(7)
def test_a_person_s_word_allows_one_create_and_no_more() -> None:
    def row(what: str, at: float) -> dict[str, object]:
        return {"what": what, "at": at, "key": "P-1", "mark": 1, "empty": True}

    unasked = [row("search", 0), row("create", 1)]
    twice_asked = [*unasked, row("search", 5), row("create", 6), row("search", 9), row("create", 10)]
    for said, faults in (([4, 8], 0), ([8], 1), ([4], 1), ([], 2)):
        verdict = Verdict()
        blind_resends(twice_asked, 20.0, verdict, {"P-1": said})
        assert len(verdict.blind) == faults, said
