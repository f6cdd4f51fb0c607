"""Every message of the catalogue with what its callers give: none shows a "?" where a parameter was lost."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from fhirdesk.core import errors
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.exchange import Classified, Delivery, Response, Verdict
from fhirdesk.core.queue_entry import Operation, QueueEntry, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Issue
from fhirdesk.i18n import messages
from fhirdesk.i18n.particles import with_particles
from fhirdesk.i18n.translation import LANGUAGES
from fhirdesk.sync.results.transitions import build_reason
from fhirdesk.sync.verdict_rules import RULES

ROOT = Path(__file__).parents[1]
ADDED = {"_error": {"path", "backup", "unsent"}}  # what a helper adds to what it is given
TABLES = {"Rule", "get"}  # a table's line: its parameters come when it is used (tested below)


def parameters(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(messages.ALL[code]) if name}


def calls() -> Iterator[tuple[str, ast.Call, int]]:
    """Every call that names a message of the catalogue, and at which argument."""
    for path in [*(ROOT / "fhirdesk").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for at, given in enumerate(node.args):
                    if isinstance(given, ast.Constant) and given.value in messages.ALL:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", node, at


def lost(call: ast.Call, at: int) -> set[str]:
    """Parameters of the message that this call does not give; none, where it passes on what it was given."""
    constant = call.args[at]
    assert isinstance(constant, ast.Constant)
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    given, rest = {k.arg for k in call.keywords}, call.args[at + 1 :]
    for each in rest:
        if isinstance(each, ast.Dict):
            given |= {str(k.value) if isinstance(k, ast.Constant) else None for k in each.keys}
        elif not isinstance(each, ast.Constant):
            given.add(None)
    if None in given or name in TABLES:
        return set()
    return parameters(str(constant.value)) - given - ADDED.get(name, set())


def test_every_caller_gives_what_its_message_says() -> None:
    found = list(calls())
    assert len(found) > 300
    assert {where: names for where, call, at in found if (names := lost(call, at))} == {}


def test_what_an_error_is_given_is_said() -> None:
    said = messages.render(
        "form_key_taken", errors.InvalidRecord("form_key_taken", field="patient_id", key="P-1").params
    )
    assert "P-1" in said and "?" not in said


def kinds(of: type[FhirDeskError] = FhirDeskError) -> list[type[FhirDeskError]]:
    return [of, *(each for kind in of.__subclasses__() for each in kinds(kind))]


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_every_error_has_words_of_its_own(kind: type[FhirDeskError]) -> None:
    assert kind.default_code in messages.ALL


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verdict", list(RULES))
@pytest.mark.parametrize("issue", [None, Issue("error", "value", None), Issue("error", "value", "Patient.telecom[0]")])
def test_every_verdict_is_said_whatever_the_server_left_out(verdict: Verdict, issue: Issue | None, lang: str) -> None:
    record = Record("patient", "P-1", {"patient_id": "P-1"})
    entry = QueueEntry(1, "u", "patient", "P-1", "Patient", Operation.CREATE, Status.PENDING, 0, 0, 0, 0, 0, record)
    moved = {"host": "here.example", "to": "there.example", "expires": "2026-01-01", "fingerprint": "00"}
    answer = Response(Delivery.ANSWERED, 400, issues=(issue,) if issue else (), error_params=moved)
    reason = build_reason(RULES[verdict], entry, Classified(verdict, answer, issue=issue), {})
    assert "?" not in messages.render(reason.code, reason.params, lang)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("환자번호 P-1 은(는) 이미", "환자번호 P-1은 이미"),
        ("P-2 은(는)", "P-2는"),
        ("이름 을(를)", "이름을"),
        ("(진료) 이(가)", "(진료)가"),
        ("서울 (으)로", "서울로"),
        ("부산 (으)로", "부산으로"),
        ("제주(으)로", "제주로"),
        ("7 (으)로", "7로"),
        ("3 (으)로", "3으로"),
        ("R4 을(를)", "R4를"),
        ("UID 과(와)", "UID와"),
        ("URL 와(과)", "URL과"),
        ("XML (으)로", "XML로"),
        ("host (이)라는", "host (이)라는"),
        ("검사 (이)라는", "검사라는"),
        ("telecom 은(는)", "telecom 은(는)"),
    ],
)
def test_a_particle_fits_the_word_before_it(said: str, right: str) -> None:
    assert with_particles(said) == right
