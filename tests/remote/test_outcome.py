"""The table "Reading an answer" of docs/queue.md, a test for each row of it."""

import pytest

from fhirdesk.core.exchange import Delivery, Request, Response, Verdict
from fhirdesk.core.queue_entry import Status
from fhirdesk.remote.issues import issues_of
from fhirdesk.remote.outcome import ISSUE, classify
from fhirdesk.remote.wire import rate_limit, retry_after
from fhirdesk.sync.verdict_rules import RULES
from tests.marks import fault

V = Verdict
POST = Request("POST", "Patient", {"resourceType": "Patient"}, if_none_exist="identifier=s%7Ck")
PLAIN = Request("POST", "Patient", {"resourceType": "Patient"})  # nothing guards it
NEW = Request("PUT", "Patient/7", {"resourceType": "Patient"}, creates=True)
PUT = Request("PUT", "Patient/7", {"resourceType": "Patient"}, if_match="1")
DELETE = Request("DELETE", "Patient/7")
WRITES = (POST, PLAIN, NEW, PUT)
HERE = {"resourceType": "Patient", "id": "7", "meta": {"versionId": "3"}}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]}


def outcome(code: str, severity: str = "error", text: str | None = None) -> dict[str, object]:
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": code} | ({"diagnostics": text} if text else {})],
    }


def each(requests: tuple[Request, ...], statuses: tuple[int, ...], verdict: Verdict) -> list[object]:
    return [(r, s, None, {}, verdict) for r in requests for s in statuses]


def read(request: Request, status: int, body: object, more: dict[str, object]) -> Verdict:
    answer = Response(Delivery.ANSWERED, status, body, issues=issues_of(body), **more)  # type: ignore[arg-type]
    return classify(request, answer).verdict


HTML = {"content_type": "text/html"}
PAGE = {"not_fhir": True}
PROOF = {"location": "Patient/7/_history/3"}
STATUS_ROWS = [
    # 200 201 204 with proof
    *((r, 201, HERE, {}, V.DONE) for r in WRITES),
    *((r, 200, HERE, {}, V.DONE) for r in WRITES),
    (POST, 201, None, PROOF, V.DONE),
    (POST, 201, None, PROOF | HTML, V.DONE),  # Cerner: an empty body said to be HTML
    (PUT, 200, None, {"etag": 'W/"3"'}, V.DONE),
    (PUT, 204, None, {}, V.DONE),
    (DELETE, 204, None, {}, V.DONE),
    (DELETE, 200, OUTCOME, {}, V.DONE),  # HAPI answers deletes so
    (POST, 201, OUTCOME, PROOF, V.DONE),
    (POST, 201, None, {}, V.UNPROVED),  # no id
    (POST, 201, HERE, {"location": "Patient/8/_history/1"}, V.UNPROVED),  # two ids
    (PUT, 200, None, {"location": "Patient/8/_history/1"}, V.UNPROVED),  # that of another
    (PUT, 200, {"resourceType": "Patient", "id": "8"}, {}, V.UNPROVED),
    # not the FHIR server
    *((r, 200, None, HTML, V.NOT_FHIR) for r in (*WRITES, DELETE)),
    *((r, 200, None, HTML | PAGE, V.NOT_FHIR) for r in (*WRITES, DELETE)),
    *((DELETE, s, None, HTML | PAGE, V.NOT_FHIR) for s in (404, 410)),  # a proxy's page is no proof that it is gone
    *((r, 511, None, {}, V.NOT_FHIR) for r in (*WRITES, DELETE)),
    *((r, 200, {"resourceType": "Basic"}, {}, V.NOT_FHIR) for r in (*WRITES, DELETE)),
    *((r, 200, {"status": "ok"}, {}, V.NOT_FHIR) for r in (*WRITES, DELETE)),
    (POST, 201, OUTCOME, {}, V.NOT_FHIR),
    # perhaps done
    *each((*WRITES, DELETE), (202,), V.DEFERRED),
    *each((*WRITES, DELETE), (304, 408), V.UNKNOWN),
    *each((*WRITES, DELETE), (500, 502, 503, 504), V.SERVER_ERROR),
    # the server moved
    *each((*WRITES, DELETE), (301, 302, 303, 307, 308), V.MOVED),
    *each((*WRITES, DELETE), (400, 411, 414, 415, 422, 431), V.REJECTED),
    *each((*WRITES, DELETE), (401,), V.SIGN_IN),
    *each((*WRITES, DELETE), (402, 403, 451), V.PERMISSION),
    # 404 on create, update, delete
    *each((POST, PLAIN, NEW), (404,), V.WRONG_PLACE),
    (PUT, 404, None, {}, V.NOT_THERE),
    (DELETE, 404, None, {}, V.DONE),
    *each((*WRITES, DELETE), (405, 406, 501), V.UNSUPPORTED),
    # rule 7
    *each((PLAIN, NEW, PUT, DELETE), (409, 412, 423), V.STALE),
    *each((PUT, DELETE), (428,), V.NEEDS_VERSION),
    (POST, 409, None, {}, V.LOCKED),  # equal conditional creates at once
    (POST, 412, None, {}, V.DUPLICATE),
    # deleted there
    *each(WRITES, (410,), V.GONE),
    (DELETE, 410, None, {}, V.DONE),
    *each(WRITES, (413,), V.TOO_LARGE),
    *each((*WRITES, DELETE), (421, 425, 429, 507), V.BUSY),
    (PUT, 503, None, {"retry_after": 3.0}, V.BUSY),
    # what no row names: a 4xx is a no, anything else is not known
    (PUT, 418, None, {}, V.REJECTED),
    (PUT, 599, None, {}, V.SERVER_ERROR),
]
PERMANENT = (
    "invalid", "structure", "required", "value", "invariant", "code-invalid", "extension", "too-long",
    "not-supported", "business-rule",
)  # fmt: skip
ISSUE_ROWS = [
    *((code, V.REJECTED) for code in PERMANENT),
    *((code, V.PERMISSION) for code in ("security", "forbidden", "suppressed")),
    *((code, V.SIGN_IN) for code in ("login", "unknown", "expired")),
    ("duplicate", V.DUPLICATE),
    ("multiple-matches", V.DUPLICATE),
    ("conflict", V.STALE),
    ("deleted", V.GONE),
    ("not-found", V.MISSING_REFERENCE),
    ("lock-error", V.LOCKED),
    *((code, V.BACKOFF) for code in ("transient", "no-store", "exception", "timeout", "incomplete")),
    ("throttled", V.BUSY),
]


@pytest.mark.parametrize(("request_", "status", "body", "more", "verdict"), STATUS_ROWS)
def test_the_row_of_a_status(
    request_: Request, status: int, body: object, more: dict[str, object], verdict: Verdict
) -> None:
    assert read(request_, status, body, more) is verdict


@pytest.mark.parametrize("status", [400, 409, 422])
@pytest.mark.parametrize(("code", "verdict"), ISSUE_ROWS)
def test_the_row_of_an_issue_refines_a_4xx(code: str, verdict: Verdict, status: int) -> None:
    assert read(PUT, status, outcome(code), {}) is verdict


@pytest.mark.parametrize("code", sorted(ISSUE))
def test_a_5xx_keeps_the_class_of_its_status_whatever_the_text_says(code: str) -> None:
    assert read(PUT, 500, outcome(code), {}) is V.SERVER_ERROR


@pytest.mark.parametrize("code", sorted(ISSUE))
def test_a_warning_refines_nothing(code: str) -> None:
    assert read(PUT, 422, outcome(code, "warning"), {}) is V.REJECTED


def test_every_issue_of_the_table_has_its_test() -> None:
    assert {code for code, _ in ISSUE_ROWS} == set(ISSUE)


def test_the_worst_issue_decides() -> None:
    both = {"resourceType": "OperationOutcome", "issue": [
        {"severity": "warning", "code": "throttled"}, {"severity": "error", "code": "value"},
        {"severity": "fatal", "code": "forbidden"},
    ]}  # fmt: skip
    assert read(PUT, 400, both, {}) is V.PERMISSION


@pytest.mark.parametrize("number", ["HAPI-1094", "HAPI-1096"])
def test_a_missing_reference_that_only_the_text_tells(number: str) -> None:
    body = outcome("processing", text=f"{number}: Resource Patient/9 not found, specified in path: Observation.subject")
    assert read(PLAIN, 400, body, {}) is V.MISSING_REFERENCE


@pytest.mark.parametrize("code", ["not-found", "deleted"])
def test_a_delete_of_what_is_gone_is_done(code: str) -> None:
    assert read(DELETE, 409, outcome(code), {}) is V.DONE


@pytest.mark.parametrize(
    ("delivery", "verdict"),
    [(Delivery.NOT_SENT, V.NOT_SENT), (Delivery.NOT_TRUSTED, V.NOT_TRUSTED), (Delivery.LOST, V.UNKNOWN)],
)
def test_the_row_of_what_was_not_answered(delivery: Delivery, verdict: Verdict) -> None:
    assert classify(PUT, Response(delivery)).verdict is verdict


GOES_TO = {
    V.UNKNOWN: Status.UNKNOWN, V.NOT_SENT: Status.PENDING, V.NOT_TRUSTED: Status.PENDING, V.NOT_FHIR: Status.UNKNOWN,
    V.MIXED_UP: Status.UNKNOWN, V.UNPROVED: Status.UNKNOWN, V.DEFERRED: Status.UNKNOWN,
    V.SERVER_ERROR: Status.UNKNOWN,
    V.MOVED: Status.PENDING, V.REJECTED: Status.FAILED, V.PERMISSION: Status.FAILED, V.SIGN_IN: Status.PENDING,
    V.WRONG_PLACE: Status.PENDING, V.NOT_THERE: Status.UNKNOWN, V.GONE: Status.CONFLICT, V.UNSUPPORTED: Status.HELD,
    V.STALE: Status.UNKNOWN, V.LOCKED: Status.PENDING, V.DUPLICATE: Status.UNKNOWN, V.NEEDS_VERSION: Status.UNKNOWN,
    V.TOO_LARGE: Status.FAILED, V.BUSY: Status.PENDING, V.MISSING_REFERENCE: Status.HELD, V.BACKOFF: Status.PENDING,
}  # fmt: skip


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not V.DONE])
def test_where_an_entry_goes_for_a_verdict(verdict: Verdict) -> None:
    assert RULES[verdict].status is GOES_TO[verdict]


def test_which_verdicts_pause_make_the_server_wait_and_count() -> None:
    pauses = {V.NOT_TRUSTED, V.NOT_FHIR, V.MIXED_UP, V.MOVED, V.SIGN_IN, V.WRONG_PLACE}
    assert {v for v, rule in RULES.items() if rule.pauses} == pauses
    assert {v for v, rule in RULES.items() if rule.server_waits} == {V.NOT_SENT, V.BUSY}
    assert {v for v, rule in RULES.items() if rule.counts} == {V.LOCKED, V.BACKOFF}


@fault("D22")
@pytest.mark.parametrize(
    ("location", "etag", "proof"),
    [
        ("Patient/9/_history/2", None, ("9", "2")),
        ("http://127.0.0.1/fhir/Patient/9/_history/1", 'W/"5"', ("9", "5")),
        ("Patient/9", "1", ("9", "1")),
        ("Patient/9", '"4"', ("9", "4")),
    ],
)
def test_proof_of_an_empty_201(location: str, etag: str | None, proof: tuple[str, str]) -> None:
    reading = classify(POST, Response(Delivery.ANSWERED, 201, location=location, etag=etag))
    assert (reading.verdict, reading.logical_id, reading.version_id) == (V.DONE, *proof)


@fault("D16")
def test_a_location_of_another_type_is_no_proof() -> None:
    assert classify(POST, Response(Delivery.ANSWERED, 201, location="Group/9/_history/1")).verdict is V.UNPROVED


@fault("D16")
def test_an_id_that_r4_does_not_allow_is_no_proof() -> None:
    assert read(POST, 201, {"resourceType": "Patient", "id": "../../x"}, {}) is V.UNPROVED


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"error": "invalid_token"}, V.SIGN_IN),
        ({"error": "insufficient_scope"}, V.PERMISSION),
        ({"error": "Bad Request"}, V.REJECTED),
        ({"validationErrors": {"sex": ["required"]}}, V.REJECTED),
        ({}, V.REJECTED),
    ],
)
def test_bodies_that_are_no_outcome(body: object, verdict: Verdict) -> None:
    assert read(PUT, 400, body, {}) is verdict


@fault("D12")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("1000000000000", 3600),
        ("abc", None),
        ("-5", None),
        ("1.5", None),
        ("Wed, 21 Oct 2015 07:00:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 480),
        ("Wed, 21 Oct 2125 07:28:00 GMT", 3600),
        (None, None),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, 1_445_412_000.0) == seconds


@fault("D12")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ('"fhirInteractions";r=0;t=56', 56.0), ('"a";r=3;t=5, "b";r=0;t=9', 9.0), ("remaining=0, reset=7", 7.0),
        ('"default";r=12;t=56', None), ("t=5000000", 3600.0), ("", None), ("t=²", None), ('"default";q=100;w=60', None),
    ],
)  # fmt: skip
def test_a_quota(text: str, seconds: float | None) -> None:
    assert rate_limit(text) == seconds


def test_all_that_a_server_says_is_shown() -> None:
    details = {"text": "The phone is not one of Korea", "coding": [{"display": "invalid"}]}
    both = {"severity": "error", "code": "value", "diagnostics": "Patient.telecom[0]", "details": details}
    said = [
        {"resourceType": "OperationOutcome", "issue": [both]},
        {"error": "An error occurred", "message": "Route not found"},
    ]
    texts = [str(found.text) for body in said for found in issues_of(body)]
    assert "not one of Korea" in texts[0] and "Patient.telecom[0]" in texts[0] and "Route not found" in texts[1]
    alone = {"resourceType": "OperationOutcome", "issue": [both | {"details": {"text": "Patient.telecom[0]"}}]}
    assert [found.text for found in issues_of(alone)] == ["Patient.telecom[0]"]
