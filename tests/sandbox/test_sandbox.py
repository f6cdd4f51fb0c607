"""What the embedded server has beside the contract it shares with real ones: faults, a journal, a store file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from fhirdesk.sandbox.server import Sandbox
from fhirdesk.sandbox.types import RESOURCE_TYPES

FHIR = {"Content-Type": "application/fhir+json", "Prefer": "return=representation"}
PERSON = {"resourceType": "Patient", "name": [{"family": "김"}], "birthDate": "1985-06-15"}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture
def http(server: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base + "/", headers=FHIR, trust_env=False, timeout=20) as client:
        yield client


def pages(http: httpx.Client, url: str) -> Iterator[dict[str, Any]]:
    following: str | None = url
    while following:
        bundle = http.get(following).json()
        yield from bundle.get("entry", [])
        following = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)


def test_history_of_one_of_a_type_and_of_everything(http: httpx.Client) -> None:
    made = http.post("Patient", json=PERSON).json()
    place = f"Patient/{made['id']}"
    http.put(place, json={**made, "gender": "male"})
    http.post("Practitioner", json={"resourceType": "Practitioner"})
    http.delete(place)
    assert [e["request"]["method"] for e in pages(http, f"{place}/_history")] == ["DELETE", "PUT", "POST"]
    assert len(list(pages(http, "Patient/_history?_count=2"))) == 3
    everything = list(pages(http, "_history?_count=1"))
    assert [e["request"]["method"] for e in everything] == ["DELETE", "POST", "PUT", "POST"]
    since = everything[1]["response"]["lastModified"]
    assert len(list(pages(http, f"_history?_since={since}"))) == 2
    assert http.get("Patient/none/_history").status_code == 404
    assert http.get("_history?_count=x").status_code == 400


@pytest.mark.parametrize("type_", ["Practitioner", "Organization", "Medication", "Location", "Immunization", "Basic"])
def test_any_type_of_r4_is_taken(http: httpx.Client, type_: str) -> None:
    statement = http.get("metadata").json()["rest"][0]
    assert {r["type"] for r in statement["resource"]} == RESOURCE_TYPES
    more: dict[str, Any] = {"code": {"text": "x"}} if type_ == "Basic" else {}
    if type_ == "Organization":
        more = {"name": "clinic"}
    if type_ == "Immunization":
        more = {"status": "completed", "vaccineCode": {"text": "x"}, "occurrenceString": "once"}
        more["patient"] = {"display": "somebody"}
    made = http.post(type_, json={"resourceType": type_, **more})
    assert made.status_code == 201, made.text
    assert http.get(f"{type_}/{made.json()['id']}").json()["resourceType"] == type_


def test_every_fault_does_what_it_says(server: Sandbox, http: httpx.Client) -> None:
    def strike(**fault: Any) -> httpx.Response | None:
        server.fault(method="POST", path="Patient", **fault)
        try:
            return http.post("Patient", json=PERSON)
        except httpx.HTTPError:
            return None

    for status in (400, 401, 403, 404, 409, 412, 413, 422, 500, 503):
        found = strike(status=status)
        assert found is not None and found.status_code == status
        assert found.json()["resourceType"] == "OperationOutcome"
    busy = strike(status=429, headers={"Retry-After": "7"})
    assert busy is not None and busy.headers["Retry-After"] == "7"
    assert server.journal() == []  # all these came before the write
    late = strike(status=500, after=True)
    assert late is not None and late.status_code == 500 and len(server.journal()) == 1
    assert strike(drop=True) is None and len(server.journal()) == 1
    assert strike(drop=True, after=True) is None and len(server.journal()) == 2
    assert strike(truncate=20) is None and len(server.journal()) == 3
    slow = strike(delayMs=50)
    assert slow is not None and slow.status_code == 201 and len(server.journal()) == 4
    field = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "value", "expression": ["x"]}]}
    refused = strike(status=422, body=field)
    assert refused is not None and refused.json() == field


def test_faults_by_admin_calls_of_the_real_one(server: Sandbox, http: httpx.Client) -> None:
    admin = server.origin + "/__admin"
    http.post(f"{admin}/faults", json=[{"method": "GET", "path": "/Patient", "status": 503, "times": 2, "skip": 1}])
    assert [http.get("Patient").status_code for _ in range(4)] == [200, 503, 503, 200]
    http.post(f"{admin}/faults", json=[{"method": "GET", "chance": 1, "status": 500}])
    assert http.get("Patient").status_code == 500
    http.delete(f"{admin}/faults", headers=FHIR)
    assert http.get("Patient").status_code == 200
    http.post("Patient", json=PERSON)
    row = http.get(f"{admin}/journal").json()[0]
    assert {"at", "method", "type", "id", "version", "deleted", "identifiers", "sha256"} <= set(row)
    assert any(r["url"].startswith("/fhir/Patient") for r in http.get(f"{admin}/log").json())
    http.post(f"{admin}/reset", headers=FHIR)
    assert http.get(f"{admin}/journal").json() == [] and http.get("Patient").json()["total"] == 0


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""]
)
def test_a_name_that_is_not_this_computers_is_not_answered(server: Sandbox, http: httpx.Client, host: str) -> None:
    port = server.origin.rpartition(":")[2]
    http.post("Patient", json=PERSON)
    for path in ("Patient", "metadata", f"{server.origin}/__admin/journal", f"{server.origin}/__admin/log"):
        answer = http.get(path, headers={"Host": host.format(port=port)})
        assert answer.status_code == 421 and "zzz" not in answer.text, path
    for name in ("127.0.0.1", "LOCALHOST", "[::1]"):
        assert http.get("Patient", headers={"Host": f"{name}:{port}"}).json()["total"] == 1


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "text/plain; application/json", "application/x-www-form-urlencoded", "multipart/form-data", None],
)
def test_no_form_of_a_page_changes_faults_or_wipes_the_store(
    server: Sandbox, http: httpx.Client, kind: str | None
) -> None:
    http.post("Patient", json=PERSON)
    sent = httpx.Client(trust_env=False, headers={"Content-Type": kind} if kind else {})
    with sent:
        for call in ("reset", "faults", "revoke", "clients", "seed"):
            answer = sent.post(f"{server.origin}/__admin/{call}", content=b'[{"status": 500}]')
            assert answer.status_code == 415, call
        assert sent.delete(f"{server.origin}/__admin/faults").status_code == 415
        preflight = sent.options(f"{server.origin}/__admin/reset", headers={"Origin": "https://evil.example"})
        assert not any(name.startswith("access-control") for name in preflight.headers)
    assert len(server.journal()) == 1 and http.get("Patient").json()["total"] == 1


def test_the_store_file_survives_a_restart_and_a_torn_line(tmp_path: Path) -> None:
    file = tmp_path / "practice.log"
    with Sandbox(store=file) as server, httpx.Client(headers=FHIR, trust_env=False) as http:
        made = http.post(f"{server.base}/Patient", json=PERSON).json()
        place = f"Patient/{made['id']}"
        http.put(f"{server.base}/{place}", json={**made, "gender": "male"})
        before = server.journal()
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open("ab") as torn:
        torn.write(b'{"type":"Patient","id":"half')
    with Sandbox(store=file) as server, httpx.Client(headers=FHIR, trust_env=False) as http:
        assert server.journal() == before
        found = http.get(f"{server.base}/{place}").json()
        assert (found["gender"], found["meta"]["versionId"]) == ("male", "2")
        assert http.get(f"{server.base}/{place}/_history/1").json().get("gender") is None
        assert http.put(f"{server.base}/{place}", json={**found, "gender": "other"}).json()["meta"]["versionId"] == "3"


def test_if_match_may_be_required() -> None:
    for habit, status in (("required", 428), ("required-412", 412)):
        with Sandbox(if_match=habit) as server, httpx.Client(headers=FHIR, trust_env=False) as http:
            made = http.post(f"{server.base}/Patient", json=PERSON).json()
            url = f"{server.base}/Patient/{made['id']}"
            assert http.put(url, json={**made, "gender": "male"}).status_code == status
            assert http.put(url, json={**made, "gender": "male"}, headers={"If-Match": 'W/"1"'}).status_code == 200


def test_a_put_that_may_only_make_changes_nothing(http: httpx.Client) -> None:
    new, made = {"If-None-Match": "*"}, {**PERSON, "id": "a-1"}
    assert [http.put("Patient/a-1", json=made, headers=new).status_code for _ in range(2)] == [201, 412]
    inner = {"method": "PUT", "url": "Patient/a-1", "ifNoneMatch": "*"}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": inner, "resource": made}]}
    assert http.post("", json=batch).json()["entry"][0]["response"]["status"].startswith("412")


def test_what_it_refuses_names_the_place(http: httpx.Client) -> None:
    found = http.post("Patient", json=PERSON | {"birthDate": "1985-02-30"})
    issue = found.json()["issue"][0]
    assert found.status_code == 400 and issue["expression"] == ["Patient.birthDate"]
    told = http.post("Patient/$validate", json=PERSON | {"gender": "M"}).json()
    assert told["issue"][0]["expression"] == ["Patient.gender"] and told["issue"][0]["severity"] == "error"


def test_signing_in(tmp_path: Path) -> None:
    with Sandbox(auth="oauth", token_ttl=1) as server, httpx.Client(headers=FHIR, trust_env=False) as http:
        assert http.get(f"{server.base}/metadata").status_code == 200
        assert http.get(f"{server.base}/Patient").status_code == 401
        form = {"grant_type": "client_credentials", "client_id": "cdss-client", "client_secret": "secret"}
        named = {"Content-Type": "application/x-www-form-urlencoded"}
        token = http.post(server.token_url, data=form, headers=named).json()
        assert token["token_type"].lower() == "bearer" and token["expires_in"] == 1
        mine = {"Authorization": f"Bearer {token['access_token']}"}
        assert http.get(f"{server.base}/Patient", headers=mine).status_code == 200
        wrong = http.post(server.token_url, data=form | {"client_secret": "no"}, headers=named)
        assert wrong.status_code == 401 and wrong.json() == {"error": "invalid_client"}
        server.app.tokens.revoke()
        assert http.get(f"{server.base}/Patient", headers=mine).status_code == 401


def test_a_body_of_another_kind_is_refused(http: httpx.Client) -> None:
    for kind, body in (("text/xml", b"<Patient/>"), ("application/fhir+json", b"[]"), ("application/json", b"\xff")):
        found = http.post("Patient", content=body, headers={"Content-Type": kind})
        assert found.status_code in (400, 415), (kind, found.status_code)
        assert json.loads(found.content)["resourceType"] == "OperationOutcome"


def test_a_backslash_makes_signs_of_a_search_plain(http: httpx.Client) -> None:
    for number in ("A,B", "A", "B|1"):
        http.post("Patient", json={"resourceType": "Patient", "identifier": [{"system": "urn:s", "value": number}]})
    for asked, count in (
        (r"urn:s|A\,B", 1), ("urn:s|A,urn:s|B", 1), (r"urn:s|B\|1", 1), ("urn:s|B|1", 1), (r"A,A\,B", 2), ("B", 0)
    ):  # fmt: skip
        assert http.get("Patient", params={"identifier": asked}).json()["total"] == count, asked
