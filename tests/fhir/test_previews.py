"""What is pasted or opened is shown as it would be sent, and is not stored."""

import io
from pathlib import Path

from fhirdesk.app.container import Container
from fhirdesk.app.desk.imports import begin_import, read_rows
from fhirdesk.converters.paths import format_path, leaves
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.views import How, ImportOptions, PreviewView
from fhirdesk.r4 import json
from fhirdesk.sync.outbox.outbox import Incoming
from tests.factories import person_fields

PERSON = json.dumps(person_fields()).decode()


def test_a_pasted_record_is_converted_and_not_stored(container: Container) -> None:
    (one,) = container.previewer.preview_given(PERSON)
    assert one.view is not None and one.error is None and (one.line, one.key) == (1, "P-1")
    assert one.view.resource["name"][0]["text"] == "홍길동" and not one.view.issues
    assert '"patient_id": "P-1"' in one.given
    with container.store.snapshot() as view:
        assert not view.records.get_many("patient", ["P-1"])


def test_an_opened_file_says_which_row_is_wrong_and_where(container: Container, tmp_path: Path) -> None:
    file = tmp_path / "people.ndjson"
    file.write_text(f'{PERSON}\n{PERSON.replace("1985-06-15", "1985-06-31")}\n{{"a": \n', encoding="utf-8")
    good, wrong, broken = container.previewer.preview_given(file)
    assert good.view and not wrong.view and not broken.view
    assert (wrong.line, wrong.field, wrong.key) == (2, "birth_date", "P-1") and wrong.error
    assert broken.line == 3 and broken.error and broken.given == ""


def test_a_pasted_resource_is_shown_as_it_would_be_sent(container: Container) -> None:
    given = '{"resourceType": "Patient", "id": "9", "name": [{"text": "홍길동"}], "meta": {"versionId": "3"}}'
    (one,) = container.previewer.preview_given(given)
    assert one.view and one.view.record and one.view.partial and not one.view.issues and one.key == "Patient/9"
    number = {"system": "https://fhir.hospital.com/identifier/patient", "value": "Patient/9"}
    assert [i["value"] for i in one.view.resource["identifier"]] == [number["value"]]
    assert "id" not in one.view.resource and "meta" not in one.view.resource and '"versionId": "3"' in one.given
    assert one.view.record.fields["family_name"] == "홍길동"


def test_a_bundle_is_shown_entry_by_entry_and_what_is_wrong_is_said(container: Container) -> None:
    (good, odd) = container.previewer.preview_given(
        '{"resourceType": "Bundle", "type": "collection", "entry": ['
        '{"resource": {"resourceType": "Organization", "id": "o", "name": "a"}},'
        '{"resource": {"resourceType": "Observation", "status": "done", "code": {"text": "x"}}}]}'
    )
    assert good.view and good.view.type == "resource" and good.key == "Organization/o"
    assert odd.view and [i.expression for i in odd.view.issues] == ["Observation.status"]
    assert odd.view.issues[0].grave and odd.view.record is None


def origins(view: PreviewView) -> dict[str | None, tuple[str | None, How]]:
    """Path → (field, how) of each line of the Mapping tab; each value of the resource has one."""
    told = [o.path for o in view.origins if o.path not in (None, "resourceType")]
    assert list(dict.fromkeys(told)) == [format_path(path) for path, _ in leaves(dict(view.resource))]
    return {o.path: (o.field, o.how) for o in view.origins}


def test_where_each_value_came_from_is_told(container: Container) -> None:
    (one,) = container.previewer.preview_given(PERSON)
    assert one.view
    told = origins(one.view)
    assert told["name[0].family"] == ("family_name", How.COPIED)
    assert told["gender"] == ("gender", How.MAPPED) and told["name[0].use"][1] is How.DEFAULTED


THEIRS = """{
    "resourceType": "Patient",
    "identifier": [{"system": "urn:x", "value": "9"}],
    "telecom": [{"system": "fax", "value": "1"}, {"system": "phone", "use": "mobile", "value": "010-2"}],
    "maritalStatus": {"text": "married"},
    "gender": "male",
    "_birthDate": {"extension": [{"url": "urn:t", "valueString": "about"}]},
    "birthDate": "1985"
}"""
KEPT = (None, How.KEPT)
READ = {  # the record is read from the second telecom; the first, and what no field holds, is kept
    "telecom[0].value": KEPT,
    "telecom[1].system": KEPT,
    "telecom[1].value": ("phone", How.COPIED),
    "identifier[0].value": KEPT,
    "maritalStatus.text": KEPT,
    "gender": ("gender", How.MAPPED),
    "birthDate": ("birth_date", How.COPIED),
    "_birthDate.extension[0].valueString": KEPT,
}


def test_of_a_resource_it_is_told_what_the_record_says_and_what_is_kept(container: Container) -> None:
    (one,) = container.previewer.preview_given(THEIRS.replace('"resourceType"', '"id": "9", "resourceType"'))
    assert one.view
    told = origins(one.view)
    assert told.items() >= READ.items()
    assert told["identifier[1].value"] == ("patient_id", How.COPIED)
    assert told["identifier[1].system"][1] is How.DEFAULTED


def test_of_an_update_it_is_told_what_the_server_s_copy_says(container: Container) -> None:
    rows = list(read_rows(io.BytesIO(f'{PERSON[:-1]}, "email": "a@b.example"}}'.encode())))
    run = begin_import(container, ImportOptions("patient", enqueue=False))
    assert [line.result for line in run.take(rows)] == ["new"]
    base = json.loads(THEIRS) | {"id": "17", "meta": {"versionId": "3"}}
    mapped = IdMapping("patient", "P-1", "Patient", "17", "3", base, base_read=True)
    with container.store.transaction() as tx:
        tx.id_map.put_many([mapped])
    told = origins(container.previewer.preview_stored("patient", "P-1", False))
    assert {n: told[n] for n in ("id", "meta.versionId", "telecom[0].value")} == dict.fromkeys(
        ("id", "meta.versionId", "telecom[0].value"), KEPT
    )
    assert told["name[0].given[0]"] == ("given_name", How.COPIED) and told["telecom[1].value"][0] == "email"
    assert told["identifier[1].value"] == ("patient_id", How.COPIED)


def test_a_row_of_a_few_columns_shows_the_record_that_results(container: Container) -> None:
    record = container.mapper.convert(json.loads(PERSON), "patient")[0]
    container.outbox.add([Incoming(record, "u")], enqueue=False)
    (one,) = container.previewer.preview_given('{"type":"patient","patient_id":"P-1","phone":"010-9"}')
    assert one.view and one.view.resource["telecom"][0]["value"] == "010-9" and one.view.resource["name"]
