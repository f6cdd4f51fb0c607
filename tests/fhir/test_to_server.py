"""FHIR that was imported reaches the server: whole, with the server's ids in its references, once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from fhirdesk.cli import main
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.marks import fault

OURS = "https://fhir.hospital.com/identifier/"
SUBJECT = {"subject": {"reference": "Patient/1"}}
Run = Callable[..., tuple[int, list[Any]]]

BUNDLE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:0b3c1d2e-0000-4000-8000-000000000002",
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "category": [{"coding": [{"code": "vital-signs"}]}],
                "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
                "subject": {"reference": "urn:uuid:0b3c1d2e-0000-4000-8000-000000000001", "display": "somebody"},
                "performer": [{"reference": "Practitioner?identifier=urn:x|D-1"}],
                "effectiveDateTime": "2025-01-02T03:04:05+09:00",
                "valueQuantity": {"value": 72.50, "unit": "/min"},
            },
            "request": {"method": "POST", "url": "Observation"},
        },
        {
            "fullUrl": "urn:uuid:0b3c1d2e-0000-4000-8000-000000000001",
            "resource": {
                "resourceType": "Patient",
                "name": [{"text": "홍길동", "family": "홍"}],
                "maritalStatus": {"text": "married"},
                "meta": {"versionId": "7", "tag": [{"system": "urn:t", "code": "kept"}]},
            },
            "request": {"method": "POST", "url": "Patient"},
        },
        {
            "fullUrl": "http://elsewhere.example/fhir/Practitioner/d",
            "resource": {
                "resourceType": "Practitioner",
                "id": "d",
                "identifier": [{"system": "urn:x", "value": "D-1"}],
            },
        },
    ],
}


@pytest.fixture(params=["medplum", "hapi"])
def server(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param) as made:
        yield made


@pytest.fixture
def run(tmp_path: Path, server: Sandbox, capsys: pytest.CaptureFixture[str]) -> Run:
    """One verb with --json: its exit code and its documents."""

    def call(*words: str) -> tuple[int, list[Any]]:
        capsys.readouterr()
        code = main(["--data-dir", str(tmp_path / "data"), "--server", server.base, "--json", *words])
        return code, [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]

    return call


@pytest.fixture
def bring(tmp_path: Path, run: Run) -> Callable[..., dict[str, int]]:
    """Import documents from a file; the summary."""

    def call(*documents: Any) -> dict[str, int]:
        file = tmp_path / "given.ndjson"
        file.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), encoding="utf-8")
        summary: dict[str, int] = run("import", str(file))[1][-1]["summary"]
        return summary

    return call


def held(server: Sandbox, kind: str) -> list[dict[str, Any]]:
    """What the server has of a type."""
    found = httpx.get(f"{server.base}/{kind}", headers={"Cache-Control": "no-cache"}, trust_env=False).json()
    return [e["resource"] for e in found.get("entry", ())]


def test_a_bundle_arrives_whole_with_the_servers_ids(server: Sandbox, run: Run, bring: Any) -> None:
    assert bring(BUNDLE)["new"] == 3 and run("drain", "--until-empty")[0] == 0
    (person,), (result,), (doctor,) = held(server, "Patient"), held(server, "Observation"), held(server, "Practitioner")
    assert result["subject"] == {"reference": f"Patient/{person['id']}", "display": "somebody"}
    assert result["performer"] == [{"reference": f"Practitioner/{doctor['id']}"}]
    assert person["maritalStatus"] == {"text": "married"} and person["meta"]["tag"][0]["code"] == "kept"
    assert {"system": f"{OURS}resource", "value": "elsewhere.example/fhir/Practitioner/d"} in doctor["identifier"]
    assert bring(BUNDLE)["unchanged"] == 3
    assert run("drain", "--until-empty")[1][-1]["completed"] == 0


def test_a_target_that_is_absent_holds_until_it_comes(server: Sandbox, run: Run, bring: Any) -> None:
    visit = {"resourceType": "Encounter", "id": "v", "status": "finished", "class": {"code": "AMB"}}
    visit |= {"subject": {"reference": "Patient/45"}, "serviceProvider": {"reference": "Organization/o"}}
    assert bring(visit)["queued"] == 1
    assert run("drain")[0] == 1 and not held(server, "Encounter")
    number = {"system": f"{OURS}patient", "value": "P-1"}
    person = {"resourceType": "Patient", "id": "45", "identifier": [number], "name": [{"text": "나"}]}
    bring(person, {"resourceType": "Organization", "id": "o", "name": "somewhere"})
    assert run("drain", "--until-empty")[0] == 0
    (there,), (patient,), (place,) = (held(server, kind) for kind in ("Encounter", "Patient", "Organization"))
    assert there["subject"]["reference"] == f"Patient/{patient['id']}"
    assert there["serviceProvider"]["reference"] == f"Organization/{place['id']}"
    assert patient["identifier"] == [number]
    assert bring(visit, person)["unchanged"] == 2


def test_a_changed_resource_is_an_update_that_drops_nothing_of_others(server: Sandbox, run: Run, bring: Any) -> None:
    doctor = BUNDLE["entry"][2]["resource"]  # type: ignore[index]
    bring(doctor)
    run("drain", "--until-empty")
    (there,) = held(server, "Practitioner")
    theirs = there | {"telecom": [{"system": "phone", "value": "1"}]}
    httpx.put(f"{server.base}/Practitioner/{there['id']}", json=theirs, trust_env=False)
    assert bring(doctor | {"gender": "female"})["changed"] == 1
    assert run("drain", "--until-empty")[0] == 0
    (now,) = held(server, "Practitioner")
    assert now["gender"] == "female" and now["telecom"] == theirs["telecom"]
    assert len(now["identifier"]) == 2


def test_what_can_carry_no_number_goes_once_or_is_held(server: Sandbox, run: Run, bring: Any) -> None:
    target = {"reference": "Patient/1"}
    trail = {"resourceType": "Provenance", "target": [target], "recorded": "2025-01-02T03:04:05Z"}
    trail |= {"agent": [{"who": {"display": "somebody"}}]}
    bring({"resourceType": "Patient", "id": "1", "name": [{"text": "나"}]}, trail)
    code, lines = run("drain", "--until-empty")
    if server.app.options.update_create:
        assert code == 0 and len(held(server, "Provenance")) == 1
    else:
        (entry,) = run("queue", "list", "--status", "held")[1]
        assert (code, lines[-1]["held"]) == (1, 1) and "Provenance" in entry["reason"]


def test_a_type_with_one_identifier_carries_ours_where_there_is_none(server: Sandbox, run: Run, bring: Any) -> None:
    answers = {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed"}
    bring(answers, answers | {"id": "r", "identifier": {"system": "urn:x", "value": "theirs"}})
    run("drain", "--until-empty")
    numbers = sorted(r["identifier"]["value"] for r in held(server, "QuestionnaireResponse"))
    ours = "QuestionnaireResponse/q"
    assert numbers == ([ours, "theirs"] if server.app.options.update_create else [ours])
    assert run("sync", "resource", ours, "--operation", "delete")[0] == 0
    run("drain", "--until-empty")
    assert ours not in [r["identifier"]["value"] for r in held(server, "QuestionnaireResponse")]


def test_theirs_becomes_the_resource_that_a_record_is_read_from(server: Sandbox, run: Run, bring: Any) -> None:
    def person(phone: str) -> dict[str, Any]:
        telecom = [{"system": "phone", "value": phone, "use": "mobile"}]
        managing = {"reference": "Organization/o"}
        return {"resourceType": "Patient", "id": "1", "telecom": telecom, "managingOrganization": managing}

    place = {"resourceType": "Organization", "id": "o", "name": "somewhere"}
    bring(person("1"), place)
    assert run("drain", "--until-empty")[0] == 0
    (there,) = held(server, "Patient")
    theirs = there | {"telecom": [there["telecom"][0] | {"value": "2"}], "active": True}
    httpx.put(f"{server.base}/Patient/{there['id']}", json=theirs, trust_env=False)
    bring(person("3"))
    run("drain", "--until-empty")
    (entry,) = run("queue", "list", "--status", "conflict")[1]
    assert run("queue", "resolve", entry["entry"], "--theirs")[0] == 0
    (here,) = run("export", "--type", "patient")[1]
    assert here["active"] is True and here["telecom"] == theirs["telecom"] and here["id"] == there["id"]
    bring(place | {"name": "elsewhere"})
    assert run("drain", "--until-empty")[1][-1]["completed"] == 1
    assert run("sync", "patient", "Patient/1")[0] == 0 and run("drain", "--until-empty")[0] == 0
    (now,) = held(server, "Patient")
    assert now["managingOrganization"] == there["managingOrganization"] and now["telecom"] == theirs["telecom"]


def test_an_export_shows_what_the_server_added(server: Sandbox, run: Run, bring: Any) -> None:
    row = person_row()
    visit = {"type": "encounter", "encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB"}
    bring(row, visit | {"status": "arrived"})
    assert run("drain", "--until-empty")[0] == 0
    (person,), (there,) = held(server, "Patient"), held(server, "Encounter")
    theirs = person | {"maritalStatus": {"text": "married"}}
    httpx.put(f"{server.base}/Patient/{person['id']}", json=theirs, trust_env=False)
    bring(row | {"phone": "010-1234-5678"})
    assert run("drain", "--until-empty")[0] == 0
    patient, encounter = run("export")[1]
    assert patient["maritalStatus"] == {"text": "married"} and patient["meta"]["versionId"]
    assert (patient["id"], encounter["id"]) == (person["id"], there["id"])
    assert encounter["subject"]["reference"] == f"Patient/{person['id']}"


@fault("E3")
def test_what_refers_to_itself_or_round_about_goes_as_a_transaction(server: Sandbox, run: Run, bring: Any) -> None:
    alone = {"resourceType": "Location", "id": "a", "partOf": {"reference": "Location/a"}}
    left = {"resourceType": "Location", "id": "l", "partOf": {"reference": "Location/r"}}
    right = {"resourceType": "Location", "id": "r", "partOf": {"reference": "Location/l"}}
    bring(alone, left, right)
    assert run("drain", "--until-empty")[1][-1]["completed"] == 3
    there = {r["identifier"][0]["value"][-1]: r for r in held(server, "Location")}
    to = {key: r["partOf"]["reference"].removeprefix("Location/") for key, r in there.items()}
    assert {key: there[key]["id"] for key in "alr"} == {"a": to["a"], "l": to["r"], "r": to["l"]}


def test_the_request_is_shown_before_the_patient_is_there(run: Run, bring: Any) -> None:
    bring({"resourceType": "Encounter", "id": "v", "status": "planned", "class": {"code": "AMB"}} | SUBJECT)
    code, (request,) = run("preview", "encounter", "Encounter/v", "--request")
    assert code == 0 and request["method"] == "POST" and request["url"].endswith("/Encounter")
    assert request["headers"]["Authorization"] == "Bearer ****"
    assert request["headers"]["If-None-Exist"].endswith("encounter%7CEncounter%2Fv")
    assert request["body"]["subject"] == SUBJECT["subject"] and "id" not in request["body"]
    assert run("preview", "encounter", "Encounter/w")[0] == 2


def test_two_hospitals_people_of_one_id_arrive_as_two(server: Sandbox, run: Run, bring: Any) -> None:
    def page(host: str, family: str, value: str) -> dict[str, Any]:
        person = {"resourceType": "Patient", "id": "101", "name": [{"family": family}], "gender": "female"}
        result = {"resourceType": "Observation", "id": "102", "status": "final", "code": {"text": "ABO"}}
        result |= {"subject": {"reference": "Patient/101"}, "valueString": value}
        entries = [
            {"fullUrl": f"https://{host}/fhir/{r['resourceType']}/{r['id']}", "resource": r} for r in (result, person)
        ]
        return {"resourceType": "Bundle", "type": "searchset", "entry": entries}

    pages = [page("a.example.org", "김", "A+"), page("b.example.org", "박", "O-")]
    for each in pages:
        assert bring(each)["new"] == 2 and run("drain", "--until-empty")[0] == 0
    names = {f"Patient/{p['id']}": p["name"][0]["family"] for p in held(server, "Patient")}
    assert {o["valueString"]: names[o["subject"]["reference"]] for o in held(server, "Observation")} == {
        "A+": "김",
        "O-": "박",
    }
    assert bring(*pages)["unchanged"] == 4
    assert run("drain", "--until-empty")[1][-1]["completed"] == 0
