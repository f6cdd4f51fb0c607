"""How the server answered lately: latencies and rates over the last answers."""

from collections import deque

from fhirdesk.core.views import MetricsView

KEPT = 10_000
RECENT = 40  # answers of which each time is told


def summarise(answers: list[tuple[float, int | None]], local_updates: tuple[int, int] = (0, 0)) -> MetricsView:
    """From (milliseconds, HTTP status or None when no answer came), the newest first, and (local updates that worked,
    all of them)."""
    if not answers:
        return MetricsView(local_update_success_rate=_rate(*local_updates))
    times = sorted(ms for ms, _ in answers)
    statuses = [status for _, status in answers]
    count = len(answers)
    return MetricsView(
        count=count,
        avg_ms=sum(times) / count,
        p50_ms=_percentile(times, 0.5),
        p95_ms=_percentile(times, 0.95),
        p99_ms=_percentile(times, 0.99),
        success_rate=sum(1 for s in statuses if s is not None and 200 <= s < 300) / count,
        client_error_rate=sum(1 for s in statuses if s is not None and 400 <= s < 500) / count,
        server_error_rate=sum(1 for s in statuses if s is None or s >= 500) / count,
        local_update_success_rate=_rate(*local_updates),
        recent_ms=tuple(ms for ms, _ in reversed(answers[:RECENT])),
    )


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def _rate(good: int, all_: int) -> float | None:
    return good / all_ if all_ else None


class Metrics:
    """The last answers of this process."""

    def __init__(self) -> None:
        self._answers: deque[tuple[float, int | None]] = deque(maxlen=KEPT)

    def record_answer(self, ms: float, status: int | None) -> None:
        """Remember one answer; status None: none came."""
        self._answers.append((ms, status))

    def view(self) -> MetricsView:
        """The summary of the answers that are remembered now."""
        return summarise(list(reversed(self._answers)))
