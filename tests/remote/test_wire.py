"""What a hostile or broken answer does: it ends, small and soon, as an outcome that is not known. Never as a crash."""

import gzip
import json
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.exchange import Delivery, Request, Response, Verdict
from fhirdesk.r4 import json as digits
from fhirdesk.remote import connections
from fhirdesk.remote.outcome import classify
from tests.marks import fault
from tests.remote.clients import with_remote
from tests.remote.raw import Raw, always, answer

PATIENT = json.dumps({"resourceType": "Patient", "id": "1", "meta": {"versionId": "1"}}).encode()
CREATED = answer(PATIENT, status="201 Created")
CREATE = Request("POST", "Patient", {"resourceType": "Patient"}, if_none_exist="identifier=s%7Ck")
UPDATE = Request("PUT", "Patient/1", {"resourceType": "Patient", "id": "1"}, if_match="4")


def ask(url: str, request: Request = CREATE, **more: Any) -> Response:
    return with_remote(url, lambda remote: remote.send(request), **more)


def test_the_headers_of_a_write() -> None:
    with always(answer(PATIENT, status="201 Created")) as server:
        assert ask(server.url).status == 201
        assert ask(server.url, UPDATE).status == 201
    create, update = (a.decode().lower() for a in server.asked)
    assert "if-none-exist: identifier=s%7ck" in create
    assert 'if-match: w/"4"' in update
    for said in (create, update):
        assert "content-type: application/fhir+json" in said and "accept: application/fhir+json" in said
        assert "accept-encoding: gzip\r\n" in said
        assert "authorization" not in said


@fault("C6")
def test_one_byte_after_another_for_ever_ends_at_the_deadline() -> None:
    def drip(_: bytes) -> Iterator[bytes | float]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 99999\r\n\r\n"
        while True:
            yield 0.05
            yield b" "

    with Raw(drip) as server:
        started = time.monotonic()
        found = ask(server.url, deadline=0.6)
    assert found.delivery is Delivery.LOST and found.error_code == "TimeoutError"
    assert time.monotonic() - started < 5  # far from for ever; its speed is not the point


@fault("C5", "C11", "F3")
@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + PATIENT,  # cut
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnonsense",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 2_000_000 + b"\r\n\r\n",  # C11: headers without end
        b"HTTP/1.1 100 Continue\r\n\r\n",  # C11: and nothing after it
        CREATED.replace(b"Content-Type", b"Location: Patient/9\x00\r\nContent-Type", 1),
        CREATED.replace(b"Content-Type", b"X: y\rLocation: Patient/9\r\nContent-Type", 1),
        CREATED.replace(b"Content-Type", b"Content-Length: 5\r\nContent-Type", 1),
        b"this is not HTTP\r\n\r\n",
        answer(b'{"resourceType": "Patient", ', status="201 Created"),
        answer(b"\xff\xfe\x00{", status="201 Created"),
        answer(b'{"a":' * 100_000, status="201 Created"),
    ],
    ids=[
        *("cut", "chunks", "headers", "only-100", "nul", "bare-cr", "two-lengths"),
        *("not-http", "half-json", "not-utf8", "deep"),
    ],
)
def test_an_answer_that_cannot_be_read_is_no_answer(data: bytes) -> None:
    def reply(_: bytes) -> Iterator[bytes | float]:
        yield data
        yield b""

    with Raw(reply) as server:
        assert ask(server.url).delivery is Delivery.LOST


@fault("F11")
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/fhir+xml", b'<Patient xmlns="http://hl7.org/fhir"><id value="1"/></Patient>'),
        ("application/fhir+json", b'<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><Patient id="&e;"/>'),
    ],
)
def test_xml_is_not_read_and_proves_nothing(kind: str, data: bytes) -> None:
    with always(answer(data, status="201 Created", kind=kind, Location="Patient/1/_history/1")) as server:
        found = ask(server.url)
    assert (found.delivery, found.body) == (Delivery.LOST, None)
    assert classify(CREATE, found).verdict is Verdict.UNKNOWN


@fault("F6")
def test_digits_go_out_and_come_back_as_they_are() -> None:
    body = b'{"resourceType":"Observation","id":"1","component":[1.00,0.10000000000000000001,1e400,-0.0]}'
    with always(answer(body)) as server:
        found = ask(server.url, Request("POST", "Observation", digits.loads(body)))
    assert server.asked[0].endswith(body) and digits.dumps(found.body) == body


@fault("C11")
@pytest.mark.parametrize("early", [b"100 Continue\r\n\r\n", b"103 Early Hints\r\nLocation: Patient/9\r\n\r\n"])
def test_what_a_server_says_before_its_answer_is_passed_over(early: bytes) -> None:
    def reply(_: bytes) -> Iterator[bytes | float]:
        yield b"HTTP/1.1 " + early + CREATED

    with Raw(reply) as server:
        found = ask(server.url)
    assert (found.delivery, found.status, found.location) == (Delivery.ANSWERED, 201, None)


@fault("F1")
@pytest.mark.parametrize("heading", ["Content-Length: 1000000000000", "Transfer-Encoding: chunked"])
def test_an_endless_body_is_read_to_the_limit_only(heading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_BYTES", 200_000)
    sent = 0

    def endless(_: bytes) -> Iterator[bytes | float]:
        nonlocal sent
        yield f"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n{heading}\r\n\r\n".encode()
        part = b"8000\r\n" + b" " * 0x8000 + b"\r\n" if "chunked" in heading else b" " * 0x8000
        while sent < 100_000_000:
            sent += len(part)
            yield part

    with Raw(endless) as server:
        found = ask(server.url, deadline=20)
    assert (found.delivery, found.error_code) == (Delivery.LOST, "TooLarge")
    assert sent < 20_000_000  # what the sockets' buffers hold, not what the server had


@fault("F1")
def test_the_limits_are_16_and_64_mebibytes() -> None:
    assert (connections.MOST_BYTES, connections.MOST_BUNDLE_BYTES) == (16 * 2**20, 64 * 2**20)


@fault("F2")
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(PATIENT, mtime=0)[:-9]),
        ("gzip", PATIENT),
        ("br", PATIENT),
        ("zstd", PATIENT),
        ("deflate", zlib.compress(PATIENT)),
        ("gzip, gzip", gzip.compress(gzip.compress(PATIENT, mtime=0), mtime=0)),
    ],
)
def test_only_gzip_is_unpacked_and_only_once(coding: str, data: bytes) -> None:
    with always(answer(data, Content_Encoding=coding)) as server:
        assert ask(server.url).delivery is Delivery.LOST


def test_a_packed_answer_is_read() -> None:
    with always(answer(gzip.compress(PATIENT), Content_Encoding="gzip")) as server:
        assert (ask(server.url).body or {})["id"] == "1"


@fault("C10")
@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("request_", [CREATE, UPDATE], ids=["create", "update"])
def test_a_redirect_of_a_write_is_not_followed(status: int, request_: Request) -> None:
    with always(answer(PATIENT)) as elsewhere:
        moved = answer(b"", status=f"{status} Moved", Location=elsewhere.url + "/Patient/secret-key")
        with always(moved) as server:
            found = ask(server.url, request_)
        assert found.status == status
        assert found.error_params["to"] == f"http://127.0.0.1:{elsewhere.port}"  # no path: it may name a patient
        assert elsewhere.asked == []


@fault("C12")
def test_nothing_is_taken_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login kim password hidden\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with always(answer(b"wrong")) as proxy, always(answer(PATIENT)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
        assert ask(server.url).status == 200
        assert proxy.asked == [] and len(server.asked) == 1
        assert b"authorization" not in server.asked[0].lower()


@fault("D16")
@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example/fhir/Patient/9", "http://127.0.0.1:1/fhir/Patient/9", "//evil.example/fhir/Patient/9",
        "https://127.0.0.1/fhir/Patient/9", "http://[", "http://[/Patient/9", "http://a:99999999/Patient/9",
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", ["201 Created", "302 Found"])
def test_a_location_of_another_origin_is_not_believed(location: str, status: str) -> None:
    with always(answer(b"", status=status, Location=location)) as server:
        assert ask(server.url).location is None


OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "value", "diagnostics": "bad"}]}


@pytest.mark.parametrize(
    ("body", "kind", "code", "text"),
    [
        (json.dumps(OUTCOME), "application/fhir+json", "value", "bad"),
        (
            '{"error":"invalid_token","error_description":"too old"}',
            "application/json",
            "login",
            "invalid_token: too old",
        ),
        ('{"validationErrors":{"phone":["wrong"]}}', "application/json", "invalid", "{'phone': ['wrong']}"),
        ("The phone is wrong", "text/plain", "processing", "The phone is wrong"),
        ("{ half", "application/json", "processing", "{ half"),
        ("x" * 900, "text/plain", "processing", "x" * 500),
        ("", "application/json", None, None),
        ("<html>error</html>", "text/html", None, None),
        (
            '{"resourceType":"OperationOutcome","issue":[7,{"details":3,"expression":"x"}]}',
            "a/json",
            "processing",
            None,
        ),
    ],
)
def test_an_error_body_is_read_in_its_order(body: str, kind: str, code: str | None, text: str | None) -> None:
    with always(answer(body.encode(), status="400 Bad Request", kind=kind)) as server:
        issues = ask(server.url).issues
    assert [(i.code, i.text) for i in issues] == ([(code, text)] if code else [])


@fault("C1")
def test_nobody_there_is_not_sent() -> None:
    with always(b"") as server:
        gone = server.url
    found = ask(gone)
    assert (found.delivery, found.error_code) == (Delivery.NOT_SENT, "why_offline")
