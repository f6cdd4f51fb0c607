"""How fast requests start: freely, at the profile's rate, climbing after an outage (rule 9)."""

import asyncio
import itertools
from collections.abc import Callable

from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.link.backoff import backoff
from fhirdesk.sync.link.circuit_breaker import OPENS_AT, OUTAGE, CircuitBreaker
from fhirdesk.sync.link.rate_limiter import BURST, RateLimiter
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer
from tests.sync.bench import FastClock, Harness, SetClock


def started(pace: RateLimiter, clock: SetClock, seconds: float) -> list[float]:
    """When requests started that were wanted all the time."""

    async def run() -> list[float]:
        at, end = list[float](), clock.at + seconds
        while clock.at < end and len(at) < 20_000:
            await pace.acquire()
            at.append(clock.at)
        return at

    return asyncio.run(run())


def state_of(circuit: CircuitBreaker) -> tuple[bool, bool, float | None]:
    """Return whether it lets requests through, whether it is open, and how many a second it allows."""
    return circuit.may_send(), circuit.is_open, circuit.limiter.rate


def test_without_an_outage_and_a_limit_nothing_waits() -> None:
    clock = SetClock()
    assert len(started(RateLimiter(clock), clock, 1.0)) == 20_000 and clock.at == 1000.0


@fault("C1")
def test_after_an_outage_ten_a_second_doubling_every_ten_seconds() -> None:
    clock = SetClock()
    pace = RateLimiter(clock)
    pace.slow_start()
    at = started(pace, clock, 30.0)
    for begin, expected in ((0, 100), (10, 200), (20, 400)):
        found = sum(1 for t in at if begin <= t - 1000.0 < begin + 10)
        assert abs(found - expected) <= BURST


def test_a_profile_s_rate_is_never_exceeded_also_not_while_climbing() -> None:
    clock = SetClock()
    pace = RateLimiter(clock, 25.0)
    pace.slow_start()
    clock.at += 60.0
    assert pace.rate == 25.0
    at = started(pace, clock, 10.0)
    assert len(at) <= 250 + BURST


def test_no_burst_above_twenty_after_a_rest() -> None:
    clock = SetClock()
    pace = RateLimiter(clock, 10.0)
    clock.at += 3600.0
    assert started(pace, clock, 1.0).count(4600.0) <= BURST


@fault("A10")
def test_a_day_without_a_request_ends_the_climb() -> None:
    clock = SetClock()
    pace = RateLimiter(clock)
    pace.slow_start()
    clock.at += 86_400.0
    assert pace.rate is None


def test_clear_waits_for_room_and_takes_none() -> None:
    clock = SetClock()
    pace = RateLimiter(clock)
    pace.slow_start()
    asyncio.run(pace.wait_for_capacity(8))
    waited = clock.at
    assert waited > 1000.0
    asyncio.run(pace.wait_for_capacity(8))
    assert clock.at == waited


def test_an_outage_s_end_starts_the_climb_and_a_mere_answer_does_not() -> None:
    clock = SetClock()
    circuit = CircuitBreaker(clock)
    circuit.record_answer()
    assert state_of(circuit) == (True, False, None)
    for _ in range(OPENS_AT - 1):
        circuit.record_failure(Reason("why_offline"))
    assert state_of(circuit) == (True, False, None)  # a few failures are no outage
    circuit.record_contact()
    circuit.record_failure(Reason("why_offline"))
    assert state_of(circuit) == (True, False, None)  # nor are those with an answer between them
    for _ in range(OPENS_AT - 1):
        circuit.record_failure(Reason("why_offline"))
    assert state_of(circuit) == (False, True, None)
    clock.at += OUTAGE
    circuit.close()
    assert state_of(circuit) == (True, False, 10.0)


@fault("C3")
def test_a_lossy_line_that_was_never_silent_for_long_is_no_outage() -> None:
    clock = SetClock()
    circuit = CircuitBreaker(clock)
    circuit.record_answer()
    for _ in range(OPENS_AT):
        circuit.record_failure(Reason("why_offline"))
    assert not circuit.may_send()  # some seconds of rest, and a single probe
    clock.at += 2.0
    assert circuit.may_send() and circuit.is_open
    circuit.close()
    assert circuit.limiter.rate is None
    for _ in range(OPENS_AT):
        circuit.record_failure(Reason("why_offline"))
    clock.at += 4.0
    circuit.close()
    assert circuit.limiter.rate == 10.0


@fault("C3")
def test_what_was_lost_beside_an_answer_is_not_in_a_row_after_it() -> None:
    clock = SetClock()
    circuit = CircuitBreaker(clock)
    clock.at += 1.0
    circuit.record_contact()
    for _ in range(2 * OPENS_AT):  # all left together; one was answered, the others are noted a moment later
        circuit.record_failure(Reason("why_offline"), took=0.5)
    assert circuit.may_send() and not circuit.is_open
    clock.at += OUTAGE
    for _ in range(OPENS_AT):  # they hung, and nothing was heard meanwhile
        circuit.record_failure(Reason("why_offline"), took=30.0)
    assert circuit.is_open


def test_a_server_that_never_answered_yet_is_started_slowly() -> None:
    circuit = CircuitBreaker(SetClock())
    circuit.record_failure(Reason("why_offline"), at_once=True)
    circuit.close()
    assert circuit.limiter.rate == 10.0


@fault("D12")
def test_a_server_that_asked_us_to_wait_is_started_slowly() -> None:
    clock = SetClock()
    circuit = CircuitBreaker(clock)
    circuit.record_busy(Reason("why_busy"), 30.0)
    circuit.record_contact()  # of what was asked before
    circuit.record_answer()
    assert state_of(circuit) == (False, True, None)
    clock.at += 31.0
    circuit.record_contact()
    assert state_of(circuit) == (True, False, 10.0)


def test_a_server_that_says_what_it_is_and_does_nothing_is_asked_less_and_less() -> None:
    clock = SetClock()
    circuit = CircuitBreaker(clock)
    waits = []
    for _ in range(3):
        for _ in range(OPENS_AT):
            circuit.record_failure(Reason("why_offline"))
        waits.append(circuit.wait_until - clock.now())
        circuit.close()
    assert waits == [2.0, 4.0, 8.0]


@fault("A10")
def test_a_clock_set_back_does_not_stretch_a_wait() -> None:
    clock = SetClock(at=100_000.0)
    circuit = CircuitBreaker(clock)
    circuit.record_busy(Reason("why_busy"), 60.0)
    clock.at -= 86_400.0
    assert circuit.may_send()


@fault("D12")
def test_backoff_doubles_to_a_quarter_of_an_hour_and_heeds_retry_after() -> None:
    clock = SetClock()
    assert [backoff(clock, n) for n in (1, 2, 3, 9, 12)] == [2.0, 4.0, 8.0, 512.0, 900.0]
    assert backoff(clock, 1, 300.0) == 300.0


class Slept(FastClock):
    """Slow enough that a server could be flooded; the lid is closed for hours."""

    SPEED = 4.0
    hours = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.hours * 3600


@fault("A10")
def test_after_hours_of_sleep_what_is_due_goes_at_a_measured_pace(bench: Callable[..., Harness]) -> None:
    clock, at = Slept(), list[float]()
    with FakeFhirServer() as server:
        desk = bench(server, clock=clock)
        desk.add(person("P-first"))
        looks = itertools.count()

        def over() -> bool:
            if next(looks) == 5:
                desk.add(*[person(f"P-{n}") for n in range(60)])
                server.script = lambda asked: at.append(clock.monotonic()) if asked.method == "POST" else None
                clock.hours = 8.0
            return len(at) == 60 and not desk.moving()

        desk.drain(until=over)
    assert len(server.held) == 61
    assert at[-1] - at[0] > (60 - BURST) / 10.0 - 1.0  # ten a second at first, but for the burst
