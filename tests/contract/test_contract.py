"""One contract for four servers: the embedded one as either of two, the Medplum-based one, and HAPI itself.

What is asserted for the real ones is asserted for the embedded one that plays them; `HABITS` says where they differ.
"""

import gzip
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.servers import real

HABITS: dict[str, dict[str, Any]] = {
    "medplum": {
        "stale": 412,
        "deleted": {204},
        "absent": 404,
        "stale_delete": 412,
        "batch_declared": True,
        "numeric_id": 201,
        "etag": 'W/"1"',
        "status": "201",
        "referenced_delete": {204},
        "incomplete": 400,
    },
    "hapi": {
        "stale": 409,
        "deleted": {200},
        "absent": 200,
        "stale_delete": 200,
        "batch_declared": False,
        "numeric_id": 400,
        "etag": "1",
        "status": "201 Created",
        "referenced_delete": {409},
        "incomplete": 201,
    },
}
SYSTEM = "https://clinic.example/number"
FHIR = {"Content-Type": "application/fhir+json", "Cache-Control": "no-cache"}


class Server:
    """A server and its habits."""

    def __init__(self, kind: str, base: str):
        self.habits, self.base = HABITS[kind], base
        self.http = httpx.Client(timeout=60, trust_env=False, headers=FHIR)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        content = None if body is None else json.dumps(body).encode()
        url = f"{self.base}/{path}" if path else self.base
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, url, content=content, headers=named)

    def create(self, **elements: Any) -> dict[str, Any]:
        found = self.send("POST", "Patient", patient(**elements), Prefer="return=representation")
        assert found.status_code == 201, found.text
        made: dict[str, Any] = found.json()
        return made

    def get(self, path: str) -> dict[str, Any]:
        found = self.send("GET", path)
        assert found.status_code == 200, found.text
        document: dict[str, Any] = found.json()
        return document


def patient(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": number()}],
        "name": [{"use": "official", "family": "김", "given": ["경민"], "text": "김경민"}],
        "gender": "male",
        "birthDate": "1985-06-15",
        **elements,
    }


def number() -> str:
    return f"N-{uuid.uuid4().hex[:12]}"


def observation(subject: str, **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "identifier": [{"system": SYSTEM, "value": number()}],
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Hb"},
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-01-05T09:00:00+09:00",
        "valueQuantity": {"value": 13.5, "unit": "g/dL"},
        **elements,
    }


@pytest.fixture(scope="module", params=["embedded-medplum", "embedded-hapi", "medplum", "hapi"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    place, _, played = request.param.partition("-")
    if place == "embedded":
        with Sandbox(played) as sandbox:
            yield from open_server(played, sandbox.base)
    else:
        with real(place) as base:
            yield from open_server(place, base)


def open_server(kind: str, base: str) -> Iterator[Server]:
    made = Server(kind, base)
    yield made
    made.http.close()


def version(response: httpx.Response) -> str:
    found: str = response.json()["meta"]["versionId"]
    return found


def test_it_says_what_it_can_do(server: Server) -> None:
    statement = server.get("metadata")
    assert statement["fhirVersion"].startswith("4.0.")
    rest = statement["rest"][0]
    system = {i["code"] for i in rest.get("interaction", [])}
    assert "transaction" in system
    assert ("batch" in system) is server.habits["batch_declared"]
    one = next(r for r in rest["resource"] if r["type"] == "Patient")
    assert one["conditionalCreate"] is True
    assert {"create", "read", "update", "delete", "search-type"} <= {i["code"] for i in one["interaction"]}


def test_create_gives_an_id_a_version_and_a_location(server: Server) -> None:
    found = server.send("POST", "Patient", patient(id="mine"), Prefer="return=representation")
    assert found.status_code == 201
    made = found.json()
    assert made["id"] != "mine"  # the id of what is posted is not heeded
    assert made["meta"]["versionId"] == "1"
    assert found.headers["ETag"] == 'W/"1"'
    assert urlsplit(found.headers["Location"]).path.endswith(f"/Patient/{made['id']}/_history/1")
    assert server.get(f"Patient/{made['id']}")["name"][0]["text"] == "김경민"


def test_if_none_exist_makes_one(server: Server) -> None:
    one = patient()
    query = f"identifier={SYSTEM}%7C{one['identifier'][0]['value']}"
    first = server.send("POST", "Patient", one, If_None_Exist=query, Prefer="return=representation")
    second = server.send("POST", "Patient", one, If_None_Exist=query, Prefer="return=representation")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["ETag"] == 'W/"1"'
    again = second.headers.get("Location", "") + second.text  # HAPI says where, the other gives it back
    assert first.json()["id"] in again


def test_if_none_exist_with_two_hits_is_412(server: Server) -> None:
    same = [{"system": SYSTEM, "value": number()}]
    server.create(identifier=same)
    server.create(identifier=same)
    query = f"identifier={SYSTEM}%7C{same[0]['value']}"
    assert server.send("POST", "Patient", patient(), If_None_Exist=query).status_code == 412


def test_update_makes_a_version_and_a_stale_one_is_refused(server: Server) -> None:
    made = server.create()
    place = f"Patient/{made['id']}"
    changed = {**made, "gender": "female"}
    found = server.send("PUT", place, changed, If_Match='W/"1"', Prefer="return=representation")
    assert (found.status_code, version(found)) == (200, "2")
    assert (
        server.send("PUT", place, {**made, "gender": "other"}, If_Match='W/"1"').status_code == server.habits["stale"]
    )
    assert server.get(place)["gender"] == "female"


def test_equal_content_makes_no_version(server: Server) -> None:
    made = server.create()
    found = server.send("PUT", f"Patient/{made['id']}", made, Prefer="return=representation")
    assert (found.status_code, version(found)) == (200, "1")


def test_an_update_may_make_it_under_a_clients_id(server: Server) -> None:
    mine = f"c-{uuid.uuid4().hex[:8]}"
    found = server.send("PUT", f"Patient/{mine}", patient(id=mine), Prefer="return=representation")
    assert (found.status_code, found.json()["id"]) == (201, mine)
    digits = str(uuid.uuid4().int)[:12]
    numeric = server.send("PUT", f"Patient/{digits}", patient(id=digits))
    assert numeric.status_code == server.habits["numeric_id"]


def test_delete_then_gone(server: Server) -> None:
    made = server.create()
    place = f"Patient/{made['id']}"
    assert server.send("DELETE", place).status_code in server.habits["deleted"]
    assert server.send("GET", place).status_code == 410
    assert server.send("GET", f"Patient/{uuid.uuid4()}").status_code == 404
    assert server.send("DELETE", f"Patient/{uuid.uuid4()}").status_code == server.habits["absent"]


def test_a_stale_delete(server: Server) -> None:
    made = server.create()
    place = f"Patient/{made['id']}"
    server.send("PUT", place, {**made, "gender": "female"})
    assert server.send("DELETE", place, If_Match='W/"1"').status_code == server.habits["stale_delete"]


def test_every_version_can_be_read(server: Server) -> None:
    made = server.create()
    place = f"Patient/{made['id']}"
    server.send("PUT", place, {**made, "gender": "female"})
    assert server.get(f"{place}/_history/1")["gender"] == "male"
    history = server.get(f"{place}/_history")
    assert history["type"] == "history"
    assert [e["resource"]["meta"]["versionId"] for e in history["entry"]] == ["2", "1"]


def found_ids(bundle: dict[str, Any]) -> set[str]:
    return {e["resource"]["id"] for e in bundle.get("entry", []) if e.get("search", {}).get("mode") != "outcome"}


def test_search_by_identifier_name_birthdate_and_id(server: Server) -> None:
    family = f"Zz{uuid.uuid4().hex[:8]}"
    made = server.create(name=[{"family": family, "given": ["Ann"]}], birthDate="1971-11-02")
    value = made["identifier"][0]["value"]
    asked = [
        f"identifier={SYSTEM}%7C{value}",
        f"identifier={value}",
        f"name={family.lower()}",
        f"family={family[:6]}",
        f"name={family}&birthdate=1971-11-02",
        f"name={family}&birthdate=ge1971-01-01",
        f"_id={made['id']}",
    ]
    for query in asked:
        assert found_ids(server.get(f"Patient?{query}")) == {made["id"]}, query
    for query in (
        f"identifier=other%7C{value}",
        f"name={family}&birthdate=1971-11-03",
        f"name={family}&birthdate=lt1971",
    ):
        assert found_ids(server.get(f"Patient?{query}")) == set(), query


def test_search_by_patient_and_reference_integrity(server: Server) -> None:
    made = server.create()
    result = server.send("POST", "Observation", observation(f"Patient/{made['id']}"), Prefer="return=representation")
    assert result.status_code == 201, result.text
    assert found_ids(server.get(f"Observation?patient=Patient/{made['id']}")) == {result.json()["id"]}
    assert found_ids(server.get(f"Observation?subject=Patient/{made['id']}")) == {result.json()["id"]}
    assert server.send("POST", "Observation", observation(f"Patient/{uuid.uuid4()}")).status_code == 400
    assert server.send("DELETE", f"Patient/{made['id']}").status_code in server.habits["referenced_delete"]


def test_pages_are_linked_and_sorted(server: Server) -> None:
    family = f"Pg{uuid.uuid4().hex[:8]}"
    born = [f"19{n}-01-01" for n in range(50, 57)]
    for date in born:
        server.create(name=[{"family": family}], birthDate=date)
    seen: list[str] = []
    bundle = server.get(f"Patient?family={family}&_sort=-birthdate&_count=3")
    while True:
        assert len(bundle["entry"]) <= 3
        seen += [e["resource"]["birthDate"] for e in bundle["entry"]]
        following = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
        if following is None:
            break
        bundle = server.http.get(following).json()
    assert seen == sorted(born, reverse=True)


def test_search_by_last_updated(server: Server) -> None:
    first, second = server.create(), server.create()
    when = second["meta"]["lastUpdated"].replace("+", "%2B")
    found = found_ids(server.get(f"Patient?_lastUpdated=ge{when}&_sort=_lastUpdated&_count=100"))
    assert second["id"] in found
    assert first["id"] not in found


def test_an_unknown_parameter_is_refused(server: Server) -> None:
    found = server.send("GET", "Patient?shoe-size=42")
    assert found.status_code == 400
    assert found.json()["resourceType"] == "OperationOutcome"


def entry(resource: dict[str, Any], **request: str) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"], **request}}


def test_a_batch_answers_each_entry_by_itself(server: Server) -> None:
    good = patient()
    query = f"identifier={SYSTEM}%7C{good['identifier'][0]['value']}"
    entries = [
        entry(good, ifNoneExist=query),
        entry(observation(f"Patient/{uuid.uuid4()}")),
        entry(good, ifNoneExist=query),
    ]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    found = server.send("POST", "", bundle, Prefer="return=minimal")
    assert found.status_code == 200, found.text
    assert found.json()["type"] == "batch-response"
    one, bad, again = (e["response"] for e in found.json()["entry"])
    assert (one["status"], one["etag"]) == (server.habits["status"], server.habits["etag"])
    assert one["location"].startswith("Patient/")
    assert bad["status"][:3] in ("400", "422")
    assert again["status"].startswith("200")
    assert again["location"].split("/")[:2] == one["location"].split("/")[:2]


def test_a_stale_entry_of_a_batch_is_refused_alone(server: Server) -> None:
    made = server.create()
    place = f"Patient/{made['id']}"
    server.send("PUT", place, {**made, "gender": "female"})
    request = {"method": "PUT", "url": place, "ifMatch": 'W/"1"'}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": made, "request": request}]}
    answer = server.send("POST", "", bundle).json()["entry"][0]["response"]
    assert answer["status"].startswith(str(server.habits["stale"]))


def test_a_transaction_is_all_or_nothing(server: Server) -> None:
    person, urn = patient(), f"urn:uuid:{uuid.uuid4()}"
    entries = [entry(observation(urn)), {"fullUrl": urn, **entry(person)}]
    done = server.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert done.status_code == 200, done.text
    places = [e["response"]["location"].split("/_history")[0] for e in done.json()["entry"]]
    assert server.get(places[0])["subject"]["reference"] == places[1]
    lost = patient()
    entries = [entry(lost), entry(observation(f"Patient/{uuid.uuid4()}"))]
    refused = server.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert refused.status_code in (400, 404, 422)
    value = lost["identifier"][0]["value"]
    assert found_ids(server.get(f"Patient?identifier={SYSTEM}%7C{value}")) == set()


def test_broken_json_and_wrong_types_are_told_as_outcomes(server: Server) -> None:
    broken = server.http.post(f"{server.base}/Patient", content=b'{"resourceType": "Patient", ')
    assert broken.status_code == 400
    assert broken.json()["resourceType"] == "OperationOutcome"
    assert server.send("POST", "Patient", observation("Patient/x")).status_code in (400, 422)
    assert server.send("GET", "Nonsense/1").status_code == 404


def test_what_is_incomplete(server: Server) -> None:
    """HAPI stores it as it is by default: so our own check must catch it."""
    made = server.create()
    incomplete = observation(f"Patient/{made['id']}")
    del incomplete["status"]
    assert server.send("POST", "Observation", incomplete).status_code == server.habits["incomplete"]


def test_validate_tells_and_stores_nothing(server: Server) -> None:
    one = patient()
    found = server.send("POST", "Patient/$validate", one)
    assert found.status_code == 200
    assert found.json()["resourceType"] == "OperationOutcome"
    value = one["identifier"][0]["value"]
    assert found_ids(server.get(f"Patient?identifier={SYSTEM}%7C{value}")) == set()


def test_gzip_both_ways(server: Server) -> None:
    one = patient(text={"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{"가" * 2000}</div>'})
    packed = gzip.compress(json.dumps(one).encode())
    headers = {"Content-Encoding": "gzip", "Prefer": "return=representation"}
    made = server.http.post(f"{server.base}/Patient", content=packed, headers=headers)
    assert made.status_code == 201, made.text
    back = server.http.get(f"{server.base}/Patient/{made.json()['id']}", headers={"Accept-Encoding": "gzip"})
    assert back.headers.get("Content-Encoding") == "gzip"
    assert back.json()["text"]["div"].count("가") == 2000
