"""Status numbers stand in `remote` and `sandbox` alone: a verdict is made there, and nobody reads a number again."""

import ast
from http import HTTPStatus
from pathlib import Path

import pytest

from fhirdesk.core.exchange import UNDECIDED, Delivery, Response, Verdict
from fhirdesk.remote import status

HOUSE = Path(status.__file__).parents[1]
NUMBERS = frozenset(int(s) for s in HTTPStatus)


def numbers_in(path: Path) -> list[str]:
    """Lines that hold a status number; a size or a limit that has a name by itself is none."""
    tree = ast.parse(path.read_text("utf-8"))
    sizes = {id(node.value) for node in tree.body if isinstance(node, ast.Assign)}
    return [
        f"{path.relative_to(HOUSE)}:{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and id(node) not in sizes
        if node.value in NUMBERS and node.value >= 200
    ]


@pytest.mark.parametrize("room", ["sync", "store"])
def test_no_status_number_stands_behind_remote(room: str) -> None:
    files = [p for p in (HOUSE / room).rglob("*.py") if "migrations" not in p.parts]
    assert files and [line for path in files for line in numbers_in(path)] == []


def test_a_verdict_is_a_yes_a_no_open_or_about_the_server_as_a_whole() -> None:
    whole = {v for v in Verdict if not (v.is_refusal or v.is_acceptance or v in UNDECIDED)}
    assert whole == {
        Verdict.NOT_SENT, Verdict.NOT_TRUSTED, Verdict.NOT_FHIR, Verdict.MIXED_UP, Verdict.MOVED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Response(Delivery.ANSWERED, 200), Verdict.DONE),
        (Response(Delivery.ANSWERED, 404), Verdict.DONE),
        (Response(Delivery.ANSWERED, 304), Verdict.DONE),
        (Response(Delivery.ANSWERED, 200, not_fhir=True), Verdict.NOT_FHIR),
        (Response(Delivery.ANSWERED, 511), Verdict.NOT_FHIR),
        (Response(Delivery.ANSWERED, 302), Verdict.MOVED),
        (Response(Delivery.ANSWERED, 401), Verdict.SIGN_IN),
        (Response(Delivery.ANSWERED, 401, error_code="why_scope"), Verdict.DONE),
        (Response(Delivery.ANSWERED, 429), Verdict.BUSY),
        (Response(Delivery.ANSWERED, 503, retry_after=1.0), Verdict.BUSY),
        (Response(Delivery.ANSWERED, 503), Verdict.UNKNOWN),
        (Response(Delivery.ANSWERED, 408), Verdict.UNKNOWN),
        (Response(Delivery.LOST), Verdict.NOT_SENT),
        (Response(Delivery.NOT_SENT), Verdict.NOT_SENT),
        (Response(Delivery.NOT_TRUSTED), Verdict.NOT_TRUSTED),
    ],
)
def test_what_the_answer_to_a_question_says_of_the_server(answer: Response, verdict: Verdict) -> None:
    assert status.read_verdict(answer) is verdict
