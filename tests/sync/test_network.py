"""Networks as they are (faults C1-C8, C10), through a proxy that breaks connections: what is lost is looked for."""

import asyncio
import errno
import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import Phase, Status
from fhirdesk.sync.worker.worker import Worker
from tests.factories import person
from tests.harness.proxy import Passing, Proxy, Trouble
from tests.marks import fault
from tests.scripted import Body, FakeFhirServer, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]


@contextmanager
def behind_a_proxy(**server: bool) -> Iterator[tuple[FakeFhirServer, Proxy]]:
    with FakeFhirServer(**server) as scripted, Proxy(scripted.url) as proxy:  # type: ignore[arg-type]
        yield scripted, proxy


def at_first(method: str, trouble: Trouble) -> Callable[[Passing], Trouble | None]:
    """The first request of that method meets it."""
    left = [trouble]
    return lambda passing: left.pop() if passing.method == method and left else None


def applied(server: FakeFhirServer) -> int:
    """How often a write took effect: versions count."""
    return sum(int(r["meta"]["versionId"]) for r in server.held.values())


@fault("C1")
@pytest.mark.parametrize("address", ["http://no-such-host.invalid/fhir", "http://127.0.0.1:{port}/fhir"])
def test_nothing_was_written_so_no_attempt_is_used_and_the_circuit_opens(bench: Make, address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with FakeFhirServer() as server:
        desk = bench(server, allow_http=True)
        desk.profile = replace(desk.profile, url=address.format(port=port))
        uuids = desk.add(*[person(f"P-{n}") for n in range(3)])
        passes = iter(range(3))
        worker = desk.drain(until=lambda: next(passes, None) is None)
    assert worker.link.is_offline and worker.link.paused is None
    assert {(desk.entry(u).status, desk.entry(u).failures) for u in uuids} == {(Status.PENDING, 0)}


def no_route(_: socket.socket, __: object) -> None:
    """What the kernel says to a connect where no route leads."""
    raise OSError(errno.ENETUNREACH, "Network is unreachable")


@fault("C1")
def test_without_a_route_nothing_is_sent_and_once_there_is_one_each_arrives_once(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(3)])
        passes = iter(range(3))
        with monkeypatch.context() as kernel:
            kernel.setattr(socket.socket, "connect", no_route)
            worker = desk.drain(until=lambda: next(passes, None) is None)
        assert worker.link.is_offline and worker.link.paused is None
        entries = [desk.entry(u) for u in uuids]
        assert {(e.status, e.failures, e.attempts) for e in entries} == {(Status.PENDING, 0, 0)}
        desk.drain()
        assert desk.states(*uuids) == [Status.COMPLETED] * 3
        assert sorted(r["identifier"][0]["value"] for r in server.held.values()) == ["P-0", "P-1", "P-2"]
        assert applied(server) == 3


@fault("C1")
def test_what_speaks_no_tls_is_sent_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.profile = replace(desk.profile, url=server.url.replace("http:", "https:"))
        (uuid,) = desk.add(person("P-1"))
        passes = iter(range(3))
        worker = desk.drain(until=lambda: next(passes, None) is None)
        assert server.journal == []
    assert worker.link.paused or worker.link.is_offline
    assert (desk.entry(uuid).status, desk.entry(uuid).failures, desk.entry(uuid).attempts) == (Status.PENDING, 0, 0)


@fault("C1")
def test_refused_in_the_middle_of_a_day_and_back_again(bench: Make) -> None:
    with behind_a_proxy() as (server, proxy):
        desk = bench(server)
        desk.profile = replace(desk.profile, url=proxy.url)
        first = desk.add(person("P-1"))
        desk.drain()
        with proxy.away():
            later = desk.add(person("P-2"), person("P-3"))
            passes = iter(range(3))
            desk.drain(until=lambda: next(passes, None) is None)
            assert {desk.entry(u).failures for u in later} == {0}
        desk.drain()
    assert set(desk.states(*first, *later)) == {Status.COMPLETED} and len(server.held) == 3


@fault("C2")
@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("when", ["head", "body", "answer"])
def test_a_reset_is_looked_into_and_applied_once(bench: Make, when: str, conditional: bool) -> None:
    with behind_a_proxy(conditional=conditional) as (server, proxy):
        desk = bench(server)
        desk.profile = replace(desk.profile, url=proxy.url)
        desk.meet()
        proxy.plan = at_first("POST", Trouble(reset=when))
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 2 and applied(server) == 2
    first = desk.attempts(uuid)[0]
    assert first.phase is Phase.PROBED and first.status is None


@fault("C3")
def test_an_answer_lost_after_the_write_of_a_whole_bundle(bench: Make) -> None:
    with behind_a_proxy(batch=True) as (server, proxy):
        proxy.plan = at_first("POST", Trouble(reset="answer"))
        desk = bench(server)
        desk.profile = replace(desk.profile, url=proxy.url)
        uuids = desk.add(*[person(f"P-{n}") for n in range(12)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.held) == 12 == applied(server)


@fault("C3")
def test_what_is_found_there_shows_that_the_server_deals_with_entries(bench: Make) -> None:
    with behind_a_proxy() as (server, proxy):
        proxy.plan = lambda passing: Trouble(reset="answer") if passing.method == "POST" else None
        desk = bench(server, clock=Clock())
        desk.profile = replace(desk.profile, url=proxy.url)
        desk.add(person("P-1"))
        link = desk.drain().link
    assert link.has_recent_success and link.status.reason is None and link.status.blocking_reason is None


@fault("C3")
def test_those_who_wait_for_one_question_do_not_ask_it_again_in_vain(bench: Make) -> None:
    async def ask() -> list[bool]:
        remote = desk.remote()
        worker = Worker(desk.store, remote, desk.profile, desk.mapper, desk.clock)
        try:
            return await asyncio.gather(*(worker.link.connect() for _ in range(4)))
        finally:
            await remote.close()

    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(None)
        desk = bench(server)
        assert asyncio.run(ask()) == [False] * 4 and [a.path for a in server.journal] == ["metadata"]
        server.script = lambda asked: None
        assert asyncio.run(ask()) == [True] * 4 and len(server.journal) == 2


@fault("C3")
def test_an_update_whose_answer_was_lost_is_not_sent_twice(bench: Make) -> None:
    with behind_a_proxy() as (server, proxy):
        desk = bench(server)
        desk.profile = replace(desk.profile, url=proxy.url)
        desk.add(person("P-1"))
        desk.drain()
        proxy.plan = at_first("PUT", Trouble(reset="answer"))
        (uuid,) = desk.add(person("P-1", phone="010-2"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and applied(server) == 2
    assert len([a for a in server.asked("PUT") if a.status == 200]) == 1


def broken_length(answer: bytes) -> bytes:
    """A Content-Length that promises more than comes."""
    return answer.replace(b"Content-Length: ", b"Content-Length: 9", 1)


def broken_chunks(answer: bytes) -> bytes:
    """Chunked, with a chunk that is cut."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked"]) + b"\r\n\r\nffff\r\n" + body


def half_a_gzip(answer: bytes) -> bytes:
    """A gzip body that ends in its middle, of the right length."""
    head, _, body = answer.partition(b"\r\n\r\n")
    half = gzip.compress(body)[:-9]
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return b"\r\n".join([*lines, b"Content-Encoding: gzip", b"Content-Length: %d" % len(half)]) + b"\r\n\r\n" + half


@fault("C5")
@pytest.mark.parametrize(
    "trouble",
    [
        *(Trouble(answer_bytes=n) for n in (0, 9, 60, 230)),
        *(Trouble(rewrite=f) for f in (broken_length, broken_chunks, half_a_gzip)),
    ],
)
def test_an_answer_that_is_cut_or_lies_about_its_length(bench: Make, trouble: Trouble) -> None:
    with behind_a_proxy() as (server, proxy):
        proxy.plan = at_first("POST", trouble)
        desk = bench(server)
        desk.profile = replace(desk.profile, url=proxy.url)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and applied(server) == 1
    assert len(server.asked("POST")) == 1  # found, not sent again


@fault("C6")
def test_a_byte_now_and_then_for_ever_is_ended_by_the_total_deadline(bench: Make) -> None:
    with behind_a_proxy() as (server, proxy):
        proxy.plan = at_first("POST", Trouble(drip=0.4))
        desk = bench(server, deadline=0.5)
        desk.profile = replace(desk.profile, url=proxy.url)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    first = desk.attempts(uuid)[0]
    assert first.ms is not None and 400 < first.ms < 2000
    assert desk.states(uuid) == [Status.COMPLETED] and applied(server) == 1


@fault("C7")
@pytest.mark.slow
@pytest.mark.parametrize("trouble", [Trouble(piece=1), Trouble(piece=7), Trouble(rate=20_000), Trouble(latency=0.2)])
def test_slow_and_sliced_but_whole_arrives_at_the_first_try(bench: Make, trouble: Trouble) -> None:
    with behind_a_proxy(batch=True) as (server, proxy):
        proxy.plan = lambda passing: trouble if passing.method == "POST" else None
        desk = bench(server)
        desk.profile = replace(desk.profile, url=proxy.url)
        uuids = desk.add(*[person(f"P-{n}") for n in range(4)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and applied(server) == 4
    assert [p.method for p in proxy.seen].count("POST") == 1


@fault("C7")
@pytest.mark.parametrize("trouble", [Trouble(latency=2.0), Trouble(rate=1000.0)])
def test_slower_than_the_deadline_is_looked_into(bench: Make, trouble: Trouble) -> None:
    with behind_a_proxy() as (server, proxy):
        proxy.plan = at_first("POST", trouble)
        desk = bench(server, deadline=0.4)
        desk.profile = replace(desk.profile, url=proxy.url)
        (uuid,) = desk.add(person("P-1", address="서울 " * 200))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 1 and applied(server) == 1


@fault("C8")
@pytest.mark.parametrize("conditional", [True, False])
def test_a_kept_connection_that_the_server_had_closed_is_looked_into(bench: Make, conditional: bool) -> None:
    """The client cannot know whether the server read the request before it closed."""
    with behind_a_proxy(conditional=conditional) as (server, proxy):
        stale = [Trouble(reset="head"), Trouble(reset="head")]

        def plan(passing: Passing) -> Trouble | None:
            kept = passing.method == "POST" and passing.on_connection > 1
            return stale.pop() if kept and stale else None

        proxy.plan = plan
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        desk.profile = replace(desk.profile, url=proxy.url)
        uuids = desk.add(*[person(f"P-{n}") for n in range(4)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and applied(server) == 4 and not stale
    looked = [a for a in server.asked("GET") if a.path.startswith("Patient?")]
    assert len(looked) >= 2 and {desk.attempts(u)[0].phase for u in uuids} >= {Phase.PROBED}


@fault("C9")
@pytest.mark.parametrize(
    "page",
    [
        Reply(200, headers={"Content-Type": "text/html"}),
        Reply(200, {}, headers={"Content-Type": "text/html", "ETag": '"5f-1a"', "Location": "/Patient/1/_history/9"}),
    ],
)
def test_a_page_of_a_proxy_is_no_yes_to_an_update(bench: Make, page: Reply) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        pages = [page]
        server.script = lambda asked: pages.pop() if asked.method == "PUT" and pages else None
        (uuid,) = desk.add(person("P-1", phone="010-2"))
        worker = desk.drain()
        assert worker.link.paused and worker.link.paused.code == "why_not_fhir"
        assert desk.states(uuid) == [Status.UNKNOWN]
        desk.drain()  # the network is itself again
    assert desk.states(uuid) == [Status.COMPLETED] and server.held["Patient/1"]["telecom"][0]["value"] == "010-2"


@fault("F4")
@pytest.mark.parametrize("body", [{"status": "ok"}, {"resourceType": "Patient", "id": "2"}, issue("not-found")])
def test_a_read_that_is_answered_with_something_else_is_laid_under_nothing(bench: Make, body: Body) -> None:
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        server.script = lambda asked: Reply(200, body) if asked.path == "Patient/1" and asked.method == "GET" else None
        (uuid,) = desk.add(person("P-1", phone="010-2"))
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "why_not_fhir"
    assert desk.states(uuid) == [Status.PENDING] and server.asked("PUT") == []


@fault("C13")
def test_a_server_that_is_not_trusted_pauses_already_when_it_is_asked_what_it_is(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.profile = replace(desk.profile, url=server.url.replace("http:", "https:"))
        (uuid,) = desk.add(person("P-1"))
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "why_not_trusted"
    assert (desk.entry(uuid).status, desk.entry(uuid).attempts) == (Status.PENDING, 0)


@fault("C10")
@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("target", ["other", "http"])
def test_a_redirect_of_a_write_is_not_followed_and_both_addresses_are_said(
    bench: Make, status: int, target: str
) -> None:
    with FakeFhirServer() as server, FakeFhirServer() as other:
        at = other.url if target == "other" else "http://hospital.example/fhir"
        server.script = lambda asked: (
            Reply(status, headers={"Location": f"{at}/Patient"}) if asked.method == "POST" else None
        )
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        worker = desk.drain()
        assert other.journal == [] and len(server.asked("POST")) == 1
    assert desk.states(uuid) == [Status.PENDING] and worker.link.paused
    params = worker.link.paused.params
    assert worker.link.paused.code == "why_moved" and params["to"] == at.removesuffix("/fhir")
    assert params["host"] == server.url.removesuffix("/fhir")
