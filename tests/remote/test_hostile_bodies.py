"""Bodies made to cost: the deadline, the cap and the room hold while they are unpacked and read."""

import asyncio
import gzip
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.exchange import Delivery, Request
from fhirdesk.r4.json import loads_limited
from fhirdesk.remote import connections
from fhirdesk.remote.client import Remote
from tests.marks import fault
from tests.remote.clients import with_remote
from tests.remote.raw import always, answer

EMPTY = gzip.compress(b"")
READ = Request("GET", "Patient/1")


async def in_parts(data: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def unpacked(data: bytes, most: int) -> bytes:
    return asyncio.run(connections.read("gzip", in_parts(data), most))


@fault("H2", "F2")
def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with pytest.raises(connections.TooLarge):
        unpacked(bomb, 1_000_000)
    with pytest.raises(connections.TooLarge):
        unpacked(gzip.compress(b"a" * 600_000) * 2, 1_000_000)  # of two members, each small
    assert unpacked(gzip.compress(b"a") + EMPTY * 100 + gzip.compress(b"b"), 10_000) == b"ab"


@fault("H2")
@pytest.mark.parametrize("size", [7, 65536])
def test_what_is_packed_comes_out_whatever_its_pieces(size: int) -> None:
    data = json.dumps({"text": "서울" * 200_000}).encode()
    packed = gzip.compress(data[:1000]) + gzip.compress(data[1000:])
    assert asyncio.run(connections.read("gzip", in_parts(packed, size), 64 * 2**20)) == data


@fault("H2")
@pytest.mark.parametrize("data", [EMPTY * 800_000, gzip.compress(b"{}") + EMPTY * 700_000, EMPTY * 9_000])
def test_many_empty_members_cost_next_to_nothing(data: bytes) -> None:
    """And nothing else waits for them."""
    late: list[float] = []

    async def ask(remote: Remote) -> None:
        async def tick() -> None:
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                late.append(time.monotonic() - before)

        ticking = asyncio.ensure_future(tick())
        found = await remote.send(READ)
        ticking.cancel()
        assert found.delivery is Delivery.LOST or found.body is None

    with always(answer(data, Content_Encoding="gzip")) as server:
        before = time.process_time()
        with_remote(server.url, ask, deadline=20)
        assert time.process_time() - before < 2
    assert max(late) < 5.0  # it was blocked for half a minute; a busy machine is late, too


@fault("H2")
def test_the_deadline_holds_while_a_body_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PIECE", 16)  # sixteen bytes at a time: it would take minutes
    data = gzip.compress(b" " * 16_000_000)
    with always(answer(data, Content_Encoding="gzip")) as server:
        before = time.monotonic()
        found = with_remote(server.url, lambda r: r.send(READ), deadline=0.5)
    assert found.delivery is Delivery.LOST and time.monotonic() - before < 20


MEASURED = """
import asyncio, resource, sys
from fhirdesk.core.exchange import Request
from fhirdesk.core.clock import Clock
from fhirdesk.core.metrics import Metrics
from fhirdesk.remote.client import Remote
from fhirdesk.core.settings import Profile

async def ask():
    times = {"deadline": 60, "bundle_deadline": 60}
    remote = Remote(Profile(url=sys.argv[1]), secret=None, clock=Clock(), metrics=Metrics(), **times)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    whole, _ = await remote.send_bundle([Request("DELETE", "Patient/1")], kind="batch")
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, whole.delivery, whole.error_code)

asyncio.run(ask())
"""


HUGE = b'"' + b"a" * 60_000_000 + b'\xf0\x9f\x98\x80",'  # one text, four bytes a letter


@fault("F3")
@pytest.mark.skipif(sys.platform == "win32", reason="measured as Unix tells it")
@pytest.mark.parametrize(
    "part",
    [b"[],", b"{},", b"1.5,", b'"",', b'{"a":{}},', b'"\xf0\x9f\x98\x80",', HUGE],
    ids=["lists", "objects", "numbers", "texts", "members", "letters", "one text"],
)
def test_a_packed_bundle_of_next_to_nothing_takes_no_room(part: bytes) -> None:
    inner = part * (60_000_000 // len(part)) if len(part) < 100 else part
    data = gzip.compress(b'{"resourceType":"Bundle","entry":[' + inner[:-1] + b"]}", 1)
    with always(answer(data, Content_Encoding="gzip")) as server:
        said = subprocess.run([sys.executable, "-c", MEASURED, server.url], capture_output=True, text=True, check=True)
    megabytes, delivery, failure = said.stdout.split()
    assert int(megabytes) < 256, said.stdout
    assert (delivery, failure) == ("lost", "too_many_parts")


@fault("F3")
@pytest.mark.parametrize("depth", [101, 5_000, 200_000])
@pytest.mark.parametrize("pair", ["[]", '{"a":}'])
def test_what_is_nested_too_deep_is_refused(depth: int, pair: str) -> None:
    opened, closed = pair[:-1], pair[-1]
    with pytest.raises(InvalidDocument) as error:
        loads_limited((opened * depth + "0" + closed * depth).encode())
    assert error.value.code in ("too_deep", "not_json")
    assert loads_limited((opened * 100 + "0" + closed * 100).encode()) is not None


@fault("F3")
def test_a_page_of_real_size_is_read() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "1",
        "name": [{"family": "홍", "given": ["길동"]}],
        "text": {"div": "x" * 900},
    }
    page = {"resourceType": "Bundle", "entry": [{"resource": patient, "fullUrl": "x"}] * 20_000}
    assert len(loads_limited(json.dumps(page).encode())["entry"]) == 20_000
