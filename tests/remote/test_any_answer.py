"""H4: every reader of answers takes any JSON and any header. A hundred thousand spoilt answers, by seed."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhirdesk.core.errors import FhirDeskError, InvalidDocument
from fhirdesk.core.exchange import Delivery, Request, Response, Verdict
from fhirdesk.r4 import json
from fhirdesk.remote import bundle
from fhirdesk.remote.auth import endpoint, tokens
from fhirdesk.remote.capabilities import capabilities, version_of
from fhirdesk.remote.client import statement_of
from fhirdesk.remote.connection_test import ConnectionTest
from fhirdesk.remote.connections import Reply
from fhirdesk.remote.outcome import classify
from fhirdesk.remote.wire import answer
from tests.marks import fault
from tests.shapes import HEADERS, OBSERVATION, PATIENT, STATEMENT, STATUSES, TOKEN, Spoiler

SEEDS, EACH = int(os.environ.get("FHIRDESK_FUZZ_SEEDS", "100")), 100
WRITES = (
    Request("POST", "Patient", PATIENT, if_none_exist="identifier=s%7Ck"),
    Request("PUT", "Patient/7", PATIENT, if_match="1"),
    Request("PUT", "Observation/9", OBSERVATION, creates=True),
    Request("DELETE", "Patient/7"),
)


def read_all(found: Response) -> None:
    """Every reader of an answer as a whole."""
    for request in WRITES:
        reading = classify(request, found)
        assert reading.logical_id is None or (isinstance(reading.logical_id, str) and reading.verdict is Verdict.DONE)
        assert reading.version_id is None or isinstance(reading.version_id, str)
    for each, request in zip(bundle.answers_of(WRITES[:2], found), WRITES, strict=False):
        assert each.body is None or isinstance(each.body, dict)
        classify(request, each)
    for reader in (capabilities, version_of):
        said(reader, found.body)
    said(statement_of, found)
    assert ConnectionTest._shows_versions(found.body or {}) in (True, False)
    for issue in found.issues:
        assert all(text is None or isinstance(text, str) for text in (issue.severity, issue.code, issue.text))
        assert issue.text is None or len(issue.text) <= 500


def said(reader: Any, *found: Any) -> None:
    """What cannot be read is said."""
    with contextlib.suppress(FhirDeskError):
        reader(*found)


def read(status: int, headers: dict[str, str], data: bytes) -> Response | None:
    """One answer as it came; None: it cannot be read."""
    try:
        found = answer(Reply("http://here/fhir/Patient", status, headers, data), 1e9)
    except InvalidDocument:
        return None
    assert found.retry_after is None or 0 <= found.retry_after <= 3600
    read_all(found)
    return found


@fault("H4")
@settings(max_examples=SEEDS, deadline=None)
@given(st.integers(0, 2**64))
def test_no_spoilt_answer_breaks_a_reader(seed: int) -> None:
    spoil = Spoiler(seed)
    for _ in range(EACH):
        document = spoil.document()
        read(spoil.status(), spoil.headers(), spoil.data(document))
        statement = spoil.document(STATEMENT)
        said(capabilities, statement if isinstance(statement, dict) else None)
        token = spoil.document(TOKEN)
        said(endpoint._check_token, token)
        if isinstance(token, dict):
            assert 0 < tokens._lifetime(token.get("expires_in")) <= 86_400


def values() -> st.SearchStrategy[Any]:
    """Any JSON, with names that FHIR uses."""
    names = st.sampled_from(sorted({*PATIENT, *OBSERVATION, "entry", "response", "resource", "issue", "code", "rest"}))
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    return st.recursive(plain, lambda v: st.lists(v, max_size=3) | st.dictionaries(names, v, max_size=4), max_leaves=12)


def odd_headers() -> st.SearchStrategy[dict[str, str]]:
    latin = st.text(st.characters(max_codepoint=255), max_size=30)
    return st.dictionaries(st.sampled_from(sorted(HEADERS)), latin, max_size=4)


@fault("H4")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STATUSES), odd_headers(), st.one_of(values().map(json.dumps), st.binary(max_size=60)))
def test_no_answer_at_all_breaks_a_reader(status: int, headers: dict[str, str], data: bytes) -> None:
    read(status, headers, data)


@fault("H4")
@settings(max_examples=200, deadline=None)
@given(values())
def test_what_stands_in_for_an_answer_breaks_no_reader(body: Any) -> None:
    for status in (200, 409):
        read_all(Response(Delivery.ANSWERED, status, body if isinstance(body, dict) else None))


@fault("H4")
def test_what_broke_a_reader_once() -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": [], "code": {}, "details": "x"}]}
    bundles: Iterator[Any] = iter(
        (
            5,
            {"a": 1},
            [5, 5],
            [{"response": []}, {}],
            [{"response": {"status": "201", "outcome": [1]}, "resource": "x"}] * 2,
        )
    )
    for document in [outcome, {"resourceType": "Patient", "id": "7", "meta": []}] + [
        {"resourceType": "Bundle", "entry": e} for e in bundles
    ]:
        for status in (200, 201, 400, 500):
            read(status, {"location": "http://[", "retry-after": "²"}, json.dumps(document))
    nodes: tuple[Any, ...] = ({"code": ["x"]}, {"code": {}}, 5)
    for node in nodes:
        read(
            200,
            {},
            json.dumps(
                {
                    **STATEMENT,
                    "rest": [
                        {"mode": "server", "interaction": [node], "resource": [{"type": [], "interaction": node}]}
                    ],
                }
            ),
        )
