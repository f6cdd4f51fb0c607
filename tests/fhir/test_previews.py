"""What is pasted or opened is shown as it would be sent, and is not stored."""

from pathlib import Path

from fhirdesk.rooms import Rooms

PERSON = '{"patient_id": "P-1", "family_name": "홍", "given_name": "길동", "gender": "M", "birth_date": "1985-06-15"}'


def test_a_pasted_record_is_converted_and_not_stored(rooms: Rooms) -> None:
    (one,) = rooms.previews.opened(PERSON)
    assert one.view is not None and one.error is None and (one.line, one.key) == (1, "P-1")
    assert one.view.resource["name"][0]["text"] == "홍길동" and not one.view.issues
    assert '"patient_id": "P-1"' in one.given
    with rooms.store.reading() as conn:
        assert not rooms.store.records.get_many(conn, "patient", ["P-1"])


def test_an_opened_file_says_which_row_is_wrong_and_where(rooms: Rooms, tmp_path: Path) -> None:
    file = tmp_path / "people.ndjson"
    file.write_text(f'{PERSON}\n{PERSON.replace("1985-06-15", "1985-06-31")}\n{{"a": \n', encoding="utf-8")
    good, wrong, broken = rooms.previews.opened(file)
    assert good.view and not wrong.view and not broken.view
    assert (wrong.line, wrong.field, wrong.key) == (2, "birth_date", "P-1") and wrong.error
    assert broken.line == 3 and broken.error and broken.given == ""


def test_a_pasted_resource_is_shown_as_it_would_be_sent(rooms: Rooms) -> None:
    given = '{"resourceType": "Patient", "id": "9", "name": [{"text": "홍길동"}], "meta": {"versionId": "3"}}'
    (one,) = rooms.previews.opened(given)
    assert one.view and one.view.record and one.view.partial and not one.view.issues and one.key == "Patient/9"
    number = {"system": "https://fhir.hospital.com/identifier/patient", "value": "Patient/9"}
    assert [i["value"] for i in one.view.resource["identifier"]] == [number["value"]]
    assert "id" not in one.view.resource and "meta" not in one.view.resource and '"versionId": "3"' in one.given
    assert one.view.record.fields["family_name"] == "홍길동"


def test_a_bundle_is_shown_entry_by_entry_and_what_is_wrong_is_said(rooms: Rooms) -> None:
    (good, odd) = rooms.previews.opened(
        '{"resourceType": "Bundle", "type": "collection", "entry": ['
        '{"resource": {"resourceType": "Organization", "id": "o", "name": "a"}},'
        '{"resource": {"resourceType": "Observation", "status": "done", "code": {"text": "x"}}}]}'
    )
    assert good.view and good.view.type == "resource" and good.key == "Organization/o"
    assert odd.view and [i.expression for i in odd.view.issues] == ["Observation.status"]
    assert odd.view.issues[0].grave and odd.view.record is None


def test_where_each_value_came_from_is_told(rooms: Rooms) -> None:
    (one,) = rooms.previews.opened(PERSON)
    assert one.view and {o.field for o in one.view.origins} >= {"family_name", "given_name", "birth_date"}
