"""A conflict ends as a three-way merge, judged by what the server was sent (rule 7)."""

import asyncio
import uuid as uuids
from collections.abc import Callable
from typing import Any

import pytest

from fhirdesk.converters import source_resource
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidRecord, Refused
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Base, Record
from fhirdesk.core.views import Choices, EditOutcome, Side
from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import audit
from fhirdesk.sync.edits.write_through import WriteThrough
from tests.factories import SYSTEM, person, resource
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]
BEFORE = {"phone": "010-0", "email": "old@clinic.kr", "address": "가온로 1"}


def telecom(phone: str, email: str) -> list[dict[str, str]]:
    return [{"system": "phone", "use": "mobile", "value": phone}, {"system": "email", "value": email}]


def somebody_writes(server: FakeFhirServer, **elements: Any) -> None:
    """Other elements of the patient there, by a colleague."""
    now = {n: v for n, v in server.held["Patient/1"].items() if n not in ("id", "meta", "resourceType")}
    server.put("Patient", "1", **now | elements)


def in_conflict(desk: Harness, server: FakeFhirServer, mine: dict[str, str], **theirs: Any) -> str:
    """The patient was in step, then changed here to `mine` and there to `theirs`."""
    desk.add(person("P-1", **BEFORE))
    desk.drain()
    somebody_writes(server, **theirs)
    (uuid,) = desk.add(person("P-1", **BEFORE | mine))
    desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT]
    server.journal.clear()
    return uuid


def there(server: FakeFhirServer) -> tuple[str, str, str]:
    """Phone, email and address on the server."""
    patient = server.held["Patient/1"]
    return (*(t["value"] for t in patient["telecom"]), patient["address"][0]["text"])


def here(desk: Harness) -> tuple[str, ...]:
    with desk.store.snapshot() as view:
        fields = view.records.expect("patient", "P-1").fields
    return tuple(fields[n] for n in BEFORE)


@fault("D9")
def test_keep_mine_leaves_what_the_server_alone_changed(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuid = in_conflict(desk, server, {"phone": "010-1"}, telecom=telecom("010-9", "new@clinic.kr"), gender="female")
        assert desk.entry(uuid).reason.params["elements"] == "phone"  # type: ignore[union-attr]
        rows = desk.compare(uuid)
        assert [(r.field, r.who) for r in rows] == [
            ("phone", Side.BOTH),
            ("gender", Side.THEIRS),
            ("email", Side.THEIRS),
        ]
        assert desk.resolve(uuid, "mine") is Status.PENDING
        desk.drain()
        assert there(server) == here(desk) == ("010-1", "new@clinic.kr", "가온로 1")
        assert server.held["Patient/1"]["gender"] == "female" and len(server.asked("PUT")) == 1


@fault("D9")
def test_keep_theirs_sends_what_we_alone_changed(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuid = in_conflict(
            desk, server, {"phone": "010-1", "address": "나루길 2"}, telecom=telecom("010-9", "old@clinic.kr")
        )
        assert desk.resolve(uuid, "theirs") is Status.PENDING
        desk.drain()
        assert there(server) == here(desk) == ("010-9", "old@clinic.kr", "나루길 2")


@fault("D9")
def test_one_choice_for_each_of_three_fields(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        mine = {"phone": "010-1", "email": "mine@clinic.kr", "address": "나루길 2"}
        address = [{"use": "home", "text": "들꽃로 9", "line": ["들꽃로 9"]}]
        uuid = in_conflict(desk, server, mine, telecom=telecom("010-9", "theirs@clinic.kr"), address=address)
        assert desk.entry(uuid).reason.params["elements"] == "phone, email, address"  # type: ignore[union-attr]
        for choices in (
            Choices(mine=frozenset({"phone"})),
            Choices(mine=frozenset({"phone", "gender"}), rest=Side.THEIRS),
            Choices(seen=desk.compare(uuid)[:1], rest=Side.MINE),
        ):
            with pytest.raises(Refused):
                desk.resolve(uuid, "merge", choices=choices)
        with pytest.raises(InvalidRecord):
            desk.resolve(uuid, "merge", choices=Choices(typed={"birth_date": "31.12."}, rest=Side.MINE))
        assert server.asked("PUT") == [] and desk.states(uuid) == [Status.CONFLICT]
        chosen = Choices(
            mine=frozenset({"phone"}),
            theirs=frozenset({"email"}),
            typed={"address": "별빛로 3"},
            seen=desk.compare(uuid),
        )
        assert desk.resolve(uuid, "merge", choices=chosen) is Status.PENDING
        desk.drain()
        assert there(server) == here(desk) == ("010-1", "theirs@clinic.kr", "별빛로 3")
    with desk.store.snapshot() as view:
        verbs = [row.verb for row in view.conn.execute(audit.select())]
    assert "resolve set address, mine phone, theirs email" in verbs


@fault("D9")
def test_what_changed_there_since_it_was_shown_is_shown_again_where_it_is_asked(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuid = in_conflict(desk, server, {"phone": "010-1"}, telecom=telecom("010-9", "old@clinic.kr"))
        shown = desk.compare(uuid)
        somebody_writes(server, telecom=telecom("010-8", "old@clinic.kr"))
        with pytest.raises(Refused, match="resolve_changed_again"):
            desk.resolve(uuid, "merge", choices=Choices(mine=frozenset({"phone"}), seen=shown))
        shown = desk.compare(uuid)
        assert shown[0].theirs == "010-8"
        somebody_writes(server, telecom=telecom("010-8", "new@clinic.kr"))  # another field: nothing to ask about
        desk.resolve(uuid, "merge", choices=Choices(mine=frozenset({"phone"}), seen=shown))
        desk.drain()
        assert there(server) == ("010-1", "new@clinic.kr", "가온로 1")


@fault("D9")
def test_what_changes_between_the_choice_and_the_sending_is_asked_about_again(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuid = in_conflict(desk, server, {"phone": "010-1"}, telecom=telecom("010-9", "old@clinic.kr"))
        desk.resolve(uuid, "mine")
        somebody_writes(server, telecom=telecom("010-8", "old@clinic.kr"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and there(server)[0] == "010-8"


@fault("D9")
@pytest.mark.parametrize(("how", "phone"), [("mine", "010-2"), ("theirs", "010-9")])
def test_the_choice_is_about_all_that_waits_of_the_record(bench: Make, how: str, phone: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        first = in_conflict(desk, server, {"phone": "010-1"}, telecom=telecom("010-9", "old@clinic.kr"))
        (second,) = desk.add(person("P-1", **BEFORE | {"phone": "010-2", "address": "나루길 2"}))
        assert desk.compare(first)[0].mine == "010-2"
        desk.resolve(first, how)
        desk.drain()
        assert there(server) == here(desk) == (phone, "old@clinic.kr", "나루길 2")
    assert Status.COMPLETED in desk.states(first, second)


@fault("D9")
def test_what_a_later_change_says_as_well_is_sent_once(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuid = in_conflict(desk, server, {"phone": "010-1"}, telecom=telecom("010-9", "old@clinic.kr"))
        (later,) = desk.add(person("P-1", **BEFORE | {"phone": "010-2"}))
        desk.resolve(uuid, "mine")
        desk.drain()
        assert desk.states(uuid, later) == [Status.SUPERSEDED, Status.COMPLETED]
        assert there(server)[0] == "010-2" and len(server.asked("PUT")) == 1


@rule(12)
@pytest.mark.parametrize(("how", "phone"), [("mine", "010-1"), ("theirs", "010-9")])
def test_an_edit_that_waited_changes_the_record_only_once_the_server_said_yes(
    bench: Make, how: str, phone: str
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", **BEFORE))
        desk.drain()
        door = WriteThrough(desk.store, desk.outbox, desk.mapper, desk.clock)
        uuid = str(uuids.uuid4())
        changes = {"phone": "010-1"}
        asyncio.run(door.edit("P-1", changes, uuid=uuid, later=True, wake=lambda: None, patience=1.0))
        somebody_writes(server, telecom=telecom("010-9", "new@clinic.kr"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT]
        desk.resolve(uuid, how)
        assert here(desk) == ("010-9", "new@clinic.kr", "가온로 1")
        desk.drain()
        assert there(server) == here(desk) == (phone, "new@clinic.kr", "가온로 1")


@fault("D8")
@pytest.mark.parametrize(("how", "held"), [("mine", ["Patient/2"]), ("theirs", [])])
def test_deleted_there_meanwhile_ends_whole(bench: Make, how: str, held: list[str]) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuid = in_conflict(desk, server, {"phone": "010-1"}, telecom=telecom("010-9", "old@clinic.kr"))
        server.held.clear()
        with pytest.raises(Refused, match="resolve_gone"):
            desk.compare(uuid)
        with pytest.raises(Refused, match="resolve_gone"):
            desk.resolve(uuid, "merge", choices=Choices(mine=frozenset({"phone"})))
        desk.resolve(uuid, how)
        desk.drain()
        assert list(server.held) == held


@fault("D10")
def test_that_one_there_keeps_what_the_record_says_nothing_of(bench: Make) -> None:
    def several(asked: RecordedRequest) -> Reply | None:
        return Reply(412, issue("multiple-matches")) if asked.method == "POST" else None

    with FakeFhirServer() as server:
        server.script = several
        server.put("Patient", "7", **resource("P-1"))
        server.put("Patient", "8", **resource("P-1", telecom=telecom("010-9", "theirs@clinic.kr")))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        desk.resolve(uuid, "arrived", "8")
        desk.drain()
        assert [t["value"] for t in server.held["Patient/8"]["telecom"]] == ["010-1", "theirs@clinic.kr"]


# -- a profile edit that meets a change


def edits(desk: Harness, server: FakeFhirServer) -> None:
    desk.add(person("P-1", **BEFORE))
    desk.drain()
    server.journal.clear()


@rule(12)
def test_an_edit_that_meets_a_change_of_its_field_is_chosen_and_saved(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        edits(desk, server)
        seen, typed = desk.record(), dict[str, Any](phone="010-1", address="나루길 2")
        somebody_writes(server, telecom=telecom("010-9", "new@clinic.kr"))
        told = desk.edit(seen=seen, **typed)
        assert (told.outcome, told.message.params) == (EditOutcome.CONFLICT, {"elements": "phone"})
        rows = desk.compare_edit(typed, seen)
        assert [(r.field, r.base, r.mine, r.theirs, r.who) for r in rows] == [
            ("phone", "010-0", "010-1", "010-9", Side.BOTH),
            ("email", "old@clinic.kr", "old@clinic.kr", "new@clinic.kr", Side.THEIRS),
            ("address", "가온로 1", "나루길 2", "가온로 1", Side.MINE),
        ]
        assert here(desk) == ("010-9", "new@clinic.kr", "가온로 1")  # what is shown as saved is what the server has
        assert (
            desk.edit(uuid="again", seen=seen, **typed).outcome is EditOutcome.CONFLICT
        )  # not over it by a second press
        assert server.asked("PUT") == []
        told = desk.settle_edit(typed, seen, Choices(mine=frozenset({"phone"}), seen=rows))
        assert told.outcome is EditOutcome.ACCEPTED and len(server.asked("PUT")) == 1
        assert there(server) == here(desk) == ("010-1", "new@clinic.kr", "나루길 2")


@rule(12)
def test_an_edit_of_another_field_than_the_colleagues_is_no_conflict(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        edits(desk, server)
        somebody_writes(server, telecom=telecom("010-0", "new@clinic.kr"))
        assert desk.edit(seen=desk.record(), phone="010-1").outcome is EditOutcome.ACCEPTED
        assert there(server) == ("010-1", "new@clinic.kr", "가온로 1")


@rule(12)
def test_where_the_servers_values_stand_nothing_is_sent(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        edits(desk, server)
        seen = desk.record()
        somebody_writes(server, telecom=telecom("010-9", "old@clinic.kr"))
        desk.edit(seen=seen, phone="010-1")
        told = desk.settle_edit({"phone": "010-1"}, seen, Choices(rest=Side.THEIRS))
        assert told.outcome is EditOutcome.UNCHANGED and server.asked("PUT") == []
        assert here(desk) == there(server) == ("010-9", "old@clinic.kr", "가온로 1")


@rule(12)
def test_what_changed_there_once_more_is_asked_about_once_more(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        edits(desk, server)
        seen, typed = desk.record(), dict[str, Any](phone="010-1")
        somebody_writes(server, telecom=telecom("010-9", "old@clinic.kr"))
        desk.edit(seen=seen, **typed)
        rows = desk.compare_edit(typed, seen)
        somebody_writes(server, telecom=telecom("010-8", "old@clinic.kr"))
        chosen = Choices(mine=frozenset({"phone"}), seen=rows)
        with pytest.raises(Refused, match="resolve_changed_again"):
            desk.settle_edit(typed, seen, chosen)
        assert server.asked("PUT") == [] and desk.compare_edit(typed, seen)[0].theirs == "010-8"

        def at_the_last_moment(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT":
                server.script = lambda asked: None
                somebody_writes(server, telecom=telecom("010-7", "old@clinic.kr"))
            return None

        server.script = at_the_last_moment
        chosen = Choices(mine=frozenset({"phone"}), seen=desk.compare_edit(typed, seen))
        assert desk.settle_edit(typed, seen, chosen).outcome is EditOutcome.CONFLICT
        assert there(server)[0] == "010-7"


@rule(12)
def test_a_change_that_waits_in_the_lane_is_not_laid_over_what_an_edit_was_shown(bench: Make) -> None:
    """The copy that it was made of stays its base: it finds its own conflict."""
    with FakeFhirServer() as server:
        desk = bench(server)
        edits(desk, server)
        seen, typed = desk.record(), dict[str, Any](phone="010-1")
        somebody_writes(server, telecom=telecom("010-9", "old@clinic.kr"))
        (waits,) = desk.add(person("P-1", **BEFORE | {"phone": "010-2"}))
        desk.compare_edit(typed, seen)
        desk.drain()
        assert desk.states(waits) == [Status.CONFLICT] and there(server)[0] == "010-9"
        told = desk.edit(email="new@clinic.kr")
        assert (told.outcome, told.message.code) == (EditOutcome.CONFLICT, "edit_blocked")
        assert told.message.params == {"entry": waits}


@rule(12)
def test_an_edit_of_a_patient_that_is_gone_says_so(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        edits(desk, server)
        server.held.clear()
        assert desk.edit(phone="010-1").message.code == "edit_gone"
        with pytest.raises(Refused, match="edit_gone"):
            desk.compare_edit({"phone": "010-1"}, None)


@rule(12)
@pytest.mark.parametrize(("side", "postcode"), [(Side.MINE, None), (Side.THEIRS, "03017")])
def test_the_postcode_that_goes_with_an_old_address_is_chosen_by_itself(
    bench: Make, side: Side, postcode: str | None
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", **BEFORE, postcode="03001"))
        desk.drain()
        seen, typed = desk.record(), dict[str, Any](address="나루길 2")
        (place,) = server.held["Patient/1"]["address"]
        somebody_writes(server, address=[place | {"postalCode": "03017"}])
        told = desk.edit(seen=seen, **typed)
        assert (told.outcome, told.message.params) == (EditOutcome.CONFLICT, {"elements": "postcode"})
        desk.settle_edit(typed, seen, Choices(rest=side, seen=desk.compare_edit(typed, seen)))
        (place,) = server.held["Patient/1"]["address"]
        assert (place["text"], place.get("postalCode")) == ("나루길 2", postcode)
        assert desk.record().fields.get("postcode") == postcode


# -- a record that was read from a resource: all of it is the record


def imported(phone: str, status: str) -> Record:
    """A Patient of a file."""
    resource_ = {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": "P-1"}],
        "name": [{"use": "official", "family": "홍", "given": ["길동"]}],
        "gender": "male",
        "birthDate": "1985-06-15",
        "maritalStatus": {"text": status},
        "telecom": [{"system": "phone", "use": "mobile", "value": phone}],
    }
    return Mapper().from_fhir("patient", "P-1", resource_, Base(json.dumps(resource_)))


def status_there(server: FakeFhirServer) -> str:
    return str(server.held["Patient/1"]["maritalStatus"]["text"])


@rule(7)
@pytest.mark.parametrize("phone", ["010-0", "010-9"])
def test_an_element_that_only_the_server_changed_stays_where_an_imported_resource_is_sent_anew(
    bench: Make, phone: str
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(imported("010-0", "single"))
        desk.drain()
        theirs = [{"system": "phone", "use": "mobile", "value": phone}]
        somebody_writes(server, maritalStatus={"text": "married"}, telecom=theirs)
        (uuid,) = desk.add(imported("010-1", "single"))
        desk.drain()
        if phone == "010-9":
            assert desk.compare(uuid)[0].field == "phone"
            desk.resolve(uuid, "mine")
            desk.drain()
        assert desk.states(uuid) == [Status.COMPLETED] and status_there(server) == "married"
        assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"
    assert source_resource.get_value(desk.record(), "maritalStatus") == {"text": "married"}


@rule(7)
@pytest.mark.parametrize(("how", "status"), [("mine", "widowed"), ("theirs", "married")])
def test_an_element_that_both_sides_changed_is_a_choice_like_a_field(bench: Make, how: str, status: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(imported("010-0", "single"))
        desk.drain()
        somebody_writes(server, maritalStatus={"text": "married"})
        (uuid,) = desk.add(imported("010-0", "widowed"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT]
        assert desk.entry(uuid).reason.params["elements"] == "maritalStatus"  # type: ignore[union-attr]
        chosen = Choices(**{how: frozenset({"maritalStatus"})})  # type: ignore[arg-type]
        desk.resolve(uuid, "merge", choices=chosen)
        desk.drain()
        assert status_there(server) == status and source_resource.get_value(desk.record(), "maritalStatus") == {
            "text": status
        }


@fault("D24")
@pytest.mark.parametrize("honours", [True, False])
def test_what_changed_again_before_the_click_is_not_deleted(bench: Make, honours: bool) -> None:
    with FakeFhirServer(honours_if_match_on_delete=honours) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        server.put("Patient", "1", **resource("P-1", telecom=telecom("010-1", "a@clinic.kr")))
        uuid = desk.delete(person("P-1"))
        desk.drain()
        seen = Choices(seen=desk.compare(uuid))
        server.put("Patient", "1", **resource("P-1", telecom=telecom("010-2", "a@clinic.kr")))
        with pytest.raises(Refused, match="resolve_changed_again"):
            desk.resolve(uuid, "mine", choices=seen)
        assert desk.resolve(uuid, "mine", choices=Choices(seen=desk.compare(uuid))) is Status.PENDING
        somebody_writes(server, telecom=telecom("010-3", "a@clinic.kr"))  # after the click, before it is sent
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and server.asked("DELETE") == [] and "Patient/1" in server.held


def test_a_conflict_is_no_case_for_edit_and_retry(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        server.put("Patient", "1", **resource("P-1", telecom=telecom("010-1", "a@clinic.kr")))
        (uuid,) = desk.add(person("P-1", phone="010-2"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT]
        with pytest.raises(Refused, match="entry_not_correctable"):
            desk.correction().correct(uuid, {"phone": "010-3"}, "new")
