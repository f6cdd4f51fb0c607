"""Verbs for the server: check, metrics."""

from argparse import Namespace
from dataclasses import asdict

from fhirdesk.cli.output import AWAY, DONE, opened, put, sentence
from fhirdesk.settings import Settings


async def check(settings: Settings, options: Namespace) -> int:
    """Each step of the connection."""
    async with opened(settings) as desk:
        steps = await desk.check()
    ok = all(s.ok for s in steps)
    shown = [
        {
            "name": s.name,
            "ok": s.ok,
            "ms": s.ms,
            "message": sentence(s.message, settings),
            "fix": sentence(s.fix, settings),
        }
        for s in steps
    ]
    if options.json:
        put({"ok": ok, "steps": shown})
    for step in () if options.json else shown:
        print(
            f"{'✓' if step['ok'] else '!'} {step['name']}: {step['message']}"
            + (f" {step['fix']}" if step["fix"] else "")
        )
    return DONE if ok else AWAY


async def metrics(settings: Settings, options: Namespace) -> int:
    """Latencies and rates."""
    async with opened(settings) as desk:
        view = asdict(await desk.metrics())
    requests = {name: view[name] for name in ("count", "avg_ms", "p95_ms", "p99_ms")}
    rates = {name: value for name, value in view.items() if name not in requests}
    if options.prometheus:
        for name, value in (requests | rates).items():
            if value is not None:
                print(f"fhirdesk_{name} {value}")
    else:
        put({"requests": requests} | rates)
    return DONE
