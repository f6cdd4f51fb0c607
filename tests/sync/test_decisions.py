"""What a person decides about entries, and what the audit keeps of it."""

from collections.abc import Callable

import pytest

from fhirdesk.core.errors import InvalidRecord, NotFound, Refused
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import QueueQuery
from fhirdesk.store.queue import Prepared
from fhirdesk.store.schema.tables import audit
from tests.factories import person, resource
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def refuse(asked: RecordedRequest) -> Reply | None:
    return Reply(422, issue("value", "Patient.telecom[0].value")) if asked.method == "POST" else None


def failed(desk: Harness, server: FakeFhirServer, *keys: str) -> list[str]:
    server.script = refuse
    uuids = desk.add(*[person(k, phone="010-0") for k in keys])
    desk.drain()
    assert set(desk.states(*uuids)) == {Status.FAILED}
    server.script = lambda asked: None
    return uuids


def audited(desk: Harness, uuid: str) -> list[str]:
    with desk.store.snapshot() as view:
        assert view.audit.find_break() is None
        return [
            row.verb for row in view.conn.execute(audit.select().where(audit.c.entry == uuid).order_by(audit.c.seq))
        ]


def test_discard_keeps_the_reason_in_the_audit_and_frees_the_lane(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = failed(desk, server, "P-1")
        assert desk.decisions().change("discard", [uuid], "entered twice") == 1
        assert desk.states(uuid) == [Status.CANCELLED]
        assert audited(desk, uuid)[-1] == "discard: entered twice"
        (newer,) = desk.add(person("P-1", phone="010-2"))
        desk.drain()
    assert desk.states(newer) == [Status.COMPLETED]


def test_discard_leaves_what_is_pending_or_done(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        assert desk.decisions().change("discard", [uuid], "no") == 0
        desk.drain()
        assert desk.decisions().change("discard", [uuid], "no") == 0
    assert desk.states(uuid) == [Status.COMPLETED]


def test_what_may_be_on_the_server_is_not_taken_back_and_keeps_no_other_from_it(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        sent, waits = desk.add(person("P-1"), person("P-2"))
        with desk.store.transaction() as tx:
            head = desk.entry(sent)
            tx.queue.claim([Prepared(head, {}, desk.clock.now() + 30.0)], desk.clock.now())
        assert desk.decisions().change("cancel", [sent, waits]) == 1
        assert desk.states(sent, waits) == [Status.PROCESSING, Status.CANCELLED]
        with pytest.raises(Refused, match="cancel_in_flight"):
            desk.decisions().change("cancel", [sent, waits])


def test_held_by_hand_waits_until_released(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        one, other = desk.add(person("P-1"), person("P-2"))
        assert desk.decisions().change("hold", [one]) == 1
        desk.drain()
        assert desk.states(one, other) == [Status.HELD, Status.COMPLETED]
        assert desk.decisions().change("release", [one]) == 1
        desk.drain()
    assert desk.states(one) == [Status.COMPLETED] and audited(desk, one)[1:3] == ["hold", "release"]


def test_edit_and_retry_is_a_new_entry_that_names_its_origin(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = failed(desk, server, "P-1")
        desk.correction().correct(uuid, {"phone": "010-1234-5678"}, "the-new-one")
        assert desk.states(uuid) == [Status.SUPERSEDED]
        assert desk.entry("the-new-one").origin == uuid
        desk.drain()
    with desk.store.snapshot() as view:
        origin = view.queue_views.read_details(uuid)
        record = view.records.get_many("patient", ["P-1"])["P-1"]
    assert desk.states("the-new-one") == [Status.COMPLETED]
    assert [a.status for a in origin.history] == [422] and origin.why.params == {"entry": "the-new-one"}
    assert record.fields["phone"] == "010-1234-5678"
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1234-5678"
    assert audited(desk, "the-new-one") == ["correct", "completed"]


def test_a_correction_that_is_wrong_changes_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = failed(desk, server, "P-1")
        with pytest.raises(InvalidRecord):
            desk.correction().correct(uuid, {"birth_date": "2025-02-30"}, "new")
        with pytest.raises(InvalidRecord):
            desk.correction().correct(uuid, {"shoe_size": "43"}, "new")
        with pytest.raises(Refused):
            desk.correction().correct(uuid, {"patient_id": "P-2"}, "new")
        with pytest.raises(NotFound):
            desk.correction().correct("nobody", {"phone": "1"}, "new")
    assert desk.states(uuid) == [Status.FAILED]


def test_retry_of_all_that_a_filter_shows(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = failed(desk, server, "P-1", "P-2", "P-3")
        (fine,) = desk.add(person("P-4"))
        desk.drain()
        assert desk.decisions().retry_matching(QueueQuery(frozenset({Status.FAILED}))).count == 3
        desk.drain()
    assert set(desk.states(*uuids, fine)) == {Status.COMPLETED}


def test_failures_are_grouped_by_cause(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        failed(desk, server, "P-1", "P-2")
        desk.add(Record("encounter", "E-1", {"encounter_id": "E-1", "patient_id": "P-1"}))
        with desk.store.snapshot() as view:
            refused, waiting = view.queue_views.group_failures()
    assert (refused.reason.code, refused.count, refused.statuses) == ("why_rejected", 2, frozenset({Status.FAILED}))
    assert refused.reason.params["expression"] == "Patient.telecom[0].value"
    assert refused.reason.params["field"] == "phone"
    assert (waiting.reason.code, waiting.count, waiting.statuses) == ("why_waits_patient", 1, frozenset({Status.HELD}))


def test_a_group_of_failures_is_a_filter(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        same = failed(desk, server, "P-1", "P-2")
        server.script = lambda asked: Reply(422, issue("value", "Patient.name")) if asked.method == "POST" else None
        (other,) = desk.add(person("P-3"))
        desk.drain()
        with desk.store.snapshot() as view:
            for group, expected in zip(view.queue_views.group_failures(), (same, [other]), strict=True):
                query = QueueQuery(group.statuses, cause=group.reason)
                assert view.queue_views.find_uuids(query) == expected


@fault("E4")
def test_the_chain_of_a_patient_says_what_blocks_what(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (patient,) = failed(desk, server, "P-1")
        (later,) = desk.add(person("P-1", phone="010-2"))
        (visit,) = desk.add(Record("encounter", "E-1", {"encounter_id": "E-1", "patient_id": "P-1"}))
        desk.add(person("P-9"))
        with desk.store.snapshot() as view:
            chain = view.queue_views.read_chain("P-1")
    assert [(c.row.uuid, c.blocked_by) for c in chain] == [(patient, None), (later, patient), (visit, later)]


@pytest.fixture
def contested(bench: Make) -> Callable[[FakeFhirServer], tuple[Harness, str]]:
    """A patient's phone was changed here and there: a conflict."""

    def make(server: FakeFhirServer) -> tuple[Harness, str]:
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()
        theirs = dict(server.held["Patient/1"])
        phone = [{"system": "phone", "use": "mobile", "value": "010-theirs"}]
        server.put(
            "Patient", "1", **{k: v for k, v in theirs.items() if k != "meta"} | {"telecom": phone, "active": True}
        )
        (uuid,) = desk.add(person("P-1", phone="010-mine"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT]
        return desk, uuid

    return make


def phone(server: FakeFhirServer) -> str:
    return str(server.held["Patient/1"]["telecom"][0]["value"])


@fault("D9")
def test_mine_is_laid_over_the_newest_version(contested: Callable[[FakeFhirServer], tuple[Harness, str]]) -> None:
    with FakeFhirServer() as server:
        desk, uuid = contested(server)
        assert desk.resolve(uuid, "mine") is Status.PENDING
        desk.drain()
        assert desk.states(uuid) == [Status.COMPLETED] and phone(server) == "010-mine"
        assert server.held["Patient/1"]["active"] is True


@fault("D9")
def test_a_conflict_is_shown_field_by_field(contested: Callable[[FakeFhirServer], tuple[Harness, str]]) -> None:
    with FakeFhirServer() as server:
        desk, uuid = contested(server)
        (phone_,) = desk.compare(uuid)
    assert (phone_.field, phone_.mine, phone_.theirs) == ("phone", "010-mine", "010-theirs")


@fault("D9")
def test_theirs_becomes_the_record_here(contested: Callable[[FakeFhirServer], tuple[Harness, str]]) -> None:
    with FakeFhirServer() as server:
        desk, uuid = contested(server)
        writes = len(server.asked("PUT"))
        assert desk.resolve(uuid, "theirs") is Status.CANCELLED
        desk.drain()
        assert phone(server) == "010-theirs" and len(server.asked("PUT")) == writes
    with desk.store.snapshot() as view:
        assert view.records.get_many("patient", ["P-1"])["P-1"].fields["phone"] == "010-theirs"
    assert audited(desk, uuid)[-1] == "resolve theirs phone"


@fault("D8")
def test_what_was_deleted_there_is_made_again_only_when_a_person_says_so(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        server.held.clear()
        server.script = lambda asked: Reply(410) if asked.path == "Patient/1" else None
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_gone" and server.held == {}
        assert desk.resolve(uuid, "mine") is Status.PENDING
        desk.drain()
        assert desk.states(uuid) == [Status.COMPLETED] and list(server.held) == ["Patient/2"]


@fault("D10")
def test_a_person_says_which_of_several_it_is(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(412, issue("multiple-matches")) if asked.method == "POST" else None
        server.put("Patient", "7", **resource("P-1"))
        server.put("Patient", "8", **resource("P-1"))
        server.put("Patient", "9", **resource("P-2"))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT]
        for how, id_ in (("mine", None), ("arrived", "9"), ("arrived", "10")):
            with pytest.raises(Refused):
                desk.resolve(uuid, how, id_)
        assert desk.resolve(uuid, "arrived", "8") is Status.PENDING
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "8"
    assert server.held["Patient/8"]["name"] and "name" not in server.held["Patient/7"]


def test_absent_sends_again(bench: Make) -> None:
    with FakeFhirServer(conditional=False) as server:
        server.script = lambda asked: Reply(None) if asked.method == "POST" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.reason(uuid) == "why_search_unproved"
        server.script = lambda asked: None
        assert desk.resolve(uuid, "absent") is Status.PENDING
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 1


def test_a_decision_about_what_was_sent_again_meanwhile_is_refused(bench: Make) -> None:
    with FakeFhirServer() as server:
        for id_ in ("7", "8"):
            server.put("Patient", id_, **resource("P-1"))
        desk = bench(server)
        server.script = lambda a: Reply(412, issue("multiple-matches")) if a.method == "POST" else None
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT]

        def sent_again(asked: RecordedRequest) -> Reply | None:
            with desk.store.transaction() as tx:
                tx.conn.exec_driver_sql("UPDATE queue_entry SET attempts = attempts + 1")
            return None

        server.script = sent_again
        with pytest.raises(Refused):
            desk.resolve(uuid, "arrived", "8")
    assert desk.states(uuid) == [Status.CONFLICT]


def test_what_is_done_or_waits_cannot_be_resolved(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        with pytest.raises(Refused):
            desk.resolve(uuid, "mine")
        desk.drain()
        with pytest.raises(Refused):
            desk.resolve(uuid, "absent")
        with pytest.raises(NotFound):
            desk.resolve("nobody", "mine")
