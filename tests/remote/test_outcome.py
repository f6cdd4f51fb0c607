"""The table "Reading an answer" of docs/queue.md, one row a test."""

import pytest

from fhirdesk.answer import Answer, Delivery, Request, Verdict
from fhirdesk.remote.client import retry_after
from fhirdesk.remote.issues import issues_of
from fhirdesk.remote.outcome import read_answer

POST = Request("POST", "Patient", {"resourceType": "Patient"}, if_none_exist="identifier=s%7Ck")
PUT = Request("PUT", "Patient/7", {"resourceType": "Patient"}, if_match="1")
DELETE = Request("DELETE", "Patient/7")
HERE = {"resourceType": "Patient", "id": "7", "meta": {"versionId": "3"}}


def outcome(code: str) -> dict[str, object]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


ROWS = [
    (POST, 201, HERE, Verdict.DONE),
    (POST, 200, HERE, Verdict.DONE),
    (POST, 201, None, Verdict.UNKNOWN),
    (POST, 202, None, Verdict.UNKNOWN),
    (PUT, 200, None, Verdict.DONE),
    (PUT, 200, {"resourceType": "Basic"}, Verdict.NOT_FHIR),
    (POST, 511, None, Verdict.NOT_FHIR),
    (POST, 301, None, Verdict.MOVED),
    (PUT, 308, None, Verdict.MOVED),
    *((POST, status, None, Verdict.REJECTED) for status in (400, 411, 414, 422, 431)),
    (POST, 401, None, Verdict.SIGN_IN),
    *((POST, status, None, Verdict.PERMISSION) for status in (402, 403, 451)),
    (POST, 404, None, Verdict.WRONG_PLACE),
    (PUT, 404, None, Verdict.NOT_THERE),
    (DELETE, 404, None, Verdict.DONE),
    *((POST, status, None, Verdict.UNSUPPORTED) for status in (405, 406, 501)),
    *((PUT, status, None, Verdict.STALE) for status in (409, 412, 423)),
    (PUT, 428, None, Verdict.NEEDS_VERSION),
    (POST, 412, None, Verdict.DUPLICATE),
    (POST, 409, None, Verdict.LOCKED),
    (PUT, 410, None, Verdict.GONE),
    (DELETE, 410, None, Verdict.DONE),
    (DELETE, 204, None, Verdict.DONE),
    (PUT, 413, None, Verdict.TOO_LARGE),
    *((PUT, status, None, Verdict.BUSY) for status in (421, 425, 429, 507)),
    *((PUT, status, None, Verdict.UNKNOWN) for status in (408, 500, 502, 503, 504, 304)),
    (PUT, 422, outcome("business-rule"), Verdict.REJECTED),
    (PUT, 422, outcome("forbidden"), Verdict.PERMISSION),
    (PUT, 400, outcome("lock-error"), Verdict.LOCKED),
    (PUT, 409, outcome("multiple-matches"), Verdict.DUPLICATE),
    (PUT, 500, outcome("invalid"), Verdict.UNKNOWN),
]


@pytest.mark.parametrize(("request_", "status", "body", "verdict"), ROWS)
def test_the_row(request_: Request, status: int, body: dict[str, object] | None, verdict: Verdict) -> None:
    answer = Answer(Delivery.ANSWERED, status, body, issues=issues_of(body))
    assert read_answer(request_, answer).verdict is verdict


def test_503_with_retry_after_is_busy_and_without_is_unknown() -> None:
    assert read_answer(PUT, Answer(Delivery.ANSWERED, 503, retry_after=3.0)).verdict is Verdict.BUSY


@pytest.mark.parametrize(
    ("location", "etag", "proof"),
    [
        ("Patient/9/_history/2", None, ("9", "2")),
        ("http://127.0.0.1/fhir/Patient/9/_history/1", 'W/"5"', ("9", "5")),
        ("Patient/9", "1", ("9", "1")),
    ],
)
def test_D22_proof_of_an_empty_201(location: str, etag: str | None, proof: tuple[str, str]) -> None:
    reading = read_answer(POST, Answer(Delivery.ANSWERED, 201, location=location, etag=etag))
    assert (reading.verdict, reading.logical_id, reading.version_id) == (Verdict.DONE, *proof)


def test_D16_a_location_of_another_type_is_no_proof() -> None:
    assert read_answer(POST, Answer(Delivery.ANSWERED, 201, location="Group/9/_history/1")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("1000000000000", 3600), ("abc", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), (None, None)],
)
def test_D12_retry_after(text: str | None, seconds: float | None) -> None:
    assert retry_after(text) == seconds
