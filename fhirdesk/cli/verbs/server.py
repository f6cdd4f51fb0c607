"""Verbs for the server: check, metrics."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from fhirdesk.cli.output import AWAY, DONE, REFUSED, opened, print_json, sentence
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_lines
from fhirdesk.core.views import CheckStep, Counts, MetricsView
from fhirdesk.i18n.messages import render

SAID_NO = (
    "token_refused",
    "token_wants_key",
    "token_key_refused",
    "token_scope",
    "why_scope",
    "why_sign_in",
    "check_read_refused",
)  # a 4xx of the server
GAUGES = {  # field of MetricsView → (name, help, factor): https://prometheus.io/docs/practices/naming/
    "success_rate": ("request_success_ratio", "Share of the last answers that were 2xx.", 1.0),
    "client_error_rate": ("request_client_error_ratio", "Share of the last answers that were 4xx.", 1.0),
    "server_error_rate": ("request_server_error_ratio", "Share that were 5xx, or that never came.", 1.0),
    "local_update_success_rate": ("local_update_success_ratio", "Share of profile edits that the record took.", 1.0),
    "avg_ms": ("request_duration_average_seconds", "Mean time of the last answers.", 0.001),
}
WINDOW_ONLY = frozenset(["p50_ms", "recent_ms", "last_saved_at", "next_due_at"])  # fields of MetricsView
QUANTILES = {"p95_ms": "0.95", "p99_ms": "0.99"}


async def check(settings: Settings, options: Namespace) -> int:
    """Test the connection and print each step."""
    async with opened(settings) as desk:
        steps = await desk.server.check()
    show_steps(steps, settings, options)
    return check_exit(steps)


def check_exit(steps: Sequence[CheckStep]) -> int:
    """The exit code of a connection test: 0 all steps succeeded, 4 the server refused, 5 it cannot be reached."""
    if all(step.ok for step in steps):
        return DONE
    return REFUSED if steps[-1].message.code in SAID_NO else AWAY


def show_steps(steps: Sequence[CheckStep], settings: Settings, options: Namespace) -> None:
    """Print each step, and what to do about the one that failed."""
    documents = [
        {
            "name": step.name,
            "ok": step.ok,
            "ms": step.ms,
            "message": sentence(step.message, settings),
            "fix": sentence(step.fix, settings),
        }
        for step in steps
    ]
    if options.json:
        print_json({"ok": all(step.ok for step in steps), "steps": documents})
        return
    for step in documents:
        print_lines(f"{'✓' if step['ok'] else '!'} {step['name']:<9} {step['message']}")
        if step["fix"]:
            print_lines(f"{'':<11} → {step['fix']}")


async def metrics(settings: Settings, options: Namespace) -> int:
    """Print how fast and how well the server answered; `--prometheus`: in its text format, with the queue by state."""
    async with opened(settings) as desk:
        view = await desk.server.get_metrics()
        counts = await desk.queue.count_by_status() if options.prometheus else None
    if counts is not None:
        print_lines(*[*exposition(view), *queue_lines(counts)])
        return DONE
    numbers = {name: value for name, value in asdict(view).items() if name not in WINDOW_ONLY}
    requests = {name: numbers.pop(name) for name in ("count", "avg_ms", "p95_ms", "p99_ms")}
    if options.json:
        print_json({"requests": requests} | numbers)
    else:
        for name, value in (requests | numbers).items():
            print_lines(f"{render(f'metric_{name}', {}, settings.lang):<36} {_shown(name, value)}")
    return DONE


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name == "count":
        return f"{value:,}"
    return f"{value:,.1f} ms" if name.endswith("_ms") else f"{value:.1%}"


def exposition(view: MetricsView) -> list[str]:
    """The metrics as lines of the text format of Prometheus, in base units; what is not known yet is left out
    (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
    numbers = asdict(view)
    lines = _metric("requests", "gauge", "Answers that these numbers are about.", [("", float(view.count))])
    times = [
        (f'{{quantile="{q}"}}', numbers[name] / 1000) for name, q in QUANTILES.items() if numbers[name] is not None
    ]
    if times:
        lines += _metric("request_duration_seconds", "gauge", "Time of the last answers by quantile.", times)
    for field, (name, help_, factor) in GAUGES.items():
        if numbers[field] is not None:
            lines += _metric(name, "gauge", help_, [("", numbers[field] * factor)])
    return lines


def queue_lines(counts: Counts) -> list[str]:
    """How many entries stand in each state, as lines for Prometheus; a state without entries is 0."""
    samples = [(f'{{state="{status}"}}', float(counts[status])) for status in Status]
    return _metric("queue_entries", "gauge", "Entries of the queue by state.", samples)


def _metric(name: str, kind: str, help_: str, samples: Sequence[tuple[str, float]]) -> list[str]:
    full = f"fhirdesk_{name}"
    head = [f"# HELP {full} {help_}", f"# TYPE {full} {kind}"]
    return head + [f"{full}{labels} {value:.9g}" for labels, value in samples]
