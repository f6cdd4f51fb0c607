"""A server that answers as OpenEMR does, and a colleague who works there: nobody twice, no change lost unseen.

By hand: python -m tests.harness.colleague [--base ADDRESS] [--patients 60] [--rounds 200] [--kills 6]
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx

from fhirdesk import sample
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.settings import Profile, Settings, save_profiles
from fhirdesk.core.views import EditOutcome
from fhirdesk.sandbox.server import Sandbox
from tests.harness import journal
from tests.harness.processes import Running

SETTLE, DEADLINE = 2.0, 3.0
JSON = {"content-type": "application/fhir+json"}
LOST = [{"method": method, "path": "/fhir", "chance": 0.1, "after": True, "drop": True} for method in ("POST", "PUT")]
FIELDS = ("phone", "email", "address")
Node = dict[str, Any]


def profile(base: str) -> Profile:
    """The clinic's profile of it."""
    return Profile(name="emr", url=base, vendor="openemr", settle=SETTLE)


def there(base: str) -> list[Node]:
    """Every patient on the server."""
    found = httpx.get(f"{base}/Patient", params={"_count": "10000"}).json()
    return [entry["resource"] for entry in found.get("entry", ())]


def number(patient: Node) -> str:
    """The one that it shows."""
    return str(patient["identifier"][0]["value"])


def fields(patient: Node) -> dict[str, str]:
    """What an edit may change, as the server has it."""
    held = {t["system"]: t["value"] for t in patient.get("telecom", ())}
    line = next((a["line"][0] for a in patient.get("address", ()) if a.get("line")), "")
    return {"phone": held.get("phone", ""), "email": held.get("email", ""), "address": line}


# -- drained twice, with kills and lost answers


def drained_twice(folder: Path, base: str, patients: int, kills: int, seed: int = 1) -> dict[str, int]:
    """How often the server has each patient of the sample clinic in the end, by number."""
    data, rows = folder / "data", folder / "clinic.ndjson"
    clinic = [row for row in sample.generate(patients, seed) if row["type"] == "patient"]
    rows.write_text("".join(json.dumps(row, default=str) + "\n" for row in clinic), encoding="utf-8")
    save_profiles(data, {"emr": profile(base)}, "emr")
    journal.admin(base, "seed", {"seed": seed})
    journal.admin(base, "faults", LOST)
    dice = random.Random(seed)
    for turn in range(2):
        assert run(folder, data, "import", rows, "--whole") == 0
        for _ in range(kills // 2):
            sender = Running(["drain", "--until-empty", "--data-dir", data, "--deadline", DEADLINE], folder / "killed")
            time.sleep(dice.uniform(0.2, 1.5))
            sender.kill()
        if turn:
            journal.admin(base, "faults", method="DELETE")
        assert run(folder, data, "drain", "--until-empty", "--for", 200, "--deadline", DEADLINE) in (0, 1, 5)
    counts = Counter(number(patient) for patient in there(base))
    return {str(row["patient_id"]): counts[str(row["patient_id"])] for row in clinic}


def run(folder: Path, data: Path, *words: object) -> int | None:
    """One call of the command line."""
    return Running([*words, "--data-dir", data], folder / "out").wait()


# -- a colleague and the program in turns


def put(base: str, at: str, name: str, value: str) -> None:
    """The colleague changes one field."""
    made: Node = {"resourceType": "Patient", "id": at}
    if name == "address":
        made["address"] = [{"use": "home", "line": [value]}]
    else:
        made["telecom"] = [{"system": name, "value": value} | ({"use": "mobile"} if name == "phone" else {})]
    httpx.put(f"{base}/Patient/{at}", json=made, headers=JSON).raise_for_status()


async def in_turns(folder: Path, base: str, rounds: int, seed: int = 1) -> Counter[str]:
    """How the edits ended; each is compared with what the server holds. Raises AssertionError where a change of either
    is lost without a word, or a removed field is called saved and is still there."""
    desk = open_desk(Settings(folder / "turns", profile(base), deadline=DEADLINE, bundle_deadline=DEADLINE))
    await desk.start(send=True)
    try:
        key = f"T-{uuid.uuid4().hex[:8]}"
        at = await registered(desk, base, key)
        return await _rounds(desk, lambda: next(p for p in there(base) if p["id"] == at), base, key, rounds, seed)
    finally:
        await desk.stop()


async def registered(desk: Desk, base: str, key: str) -> str:
    """A patient whom both know; the id."""
    row = {"patient_id": key, "family_name": "차", "given_name": "례", "gender": "F"}
    row |= {"birth_date": "1985-06-15", "phone": "010-0", "email": "0@example.com", "address": "A 0"}
    await desk.records.register("patient", row, str(uuid.uuid4()))
    await desk.queue.drain(until_empty=True, seconds=60)
    return next(str(p["id"]) for p in there(base) if number(p) == key)


async def _rounds(desk: Desk, held: Callable[[], Node], base: str, key: str, rounds: int, seed: int) -> Counter[str]:
    dice, ended = random.Random(seed), Counter[str]()
    for turn in range(rounds):
        theirs, ours = dice.choice(FIELDS), dice.choice(FIELDS)
        put(base, str(held()["id"]), theirs, f"theirs {turn}")
        before = fields(held())
        wanted = "" if dice.random() < 0.3 else f"ours {turn}" if ours != "email" else f"{turn}@example.com"
        seen = await desk.records.get("patient", key)
        told = await desk.records.edit_patient(key, {ours: wanted}, uuid=str(uuid.uuid4()))
        after, record = fields(held()), told.record.fields if told.record else {}
        ended[told.outcome] += 1
        others = {n: v for n, v in before.items() if n != ours}
        assert {n: v for n, v in after.items() if n != ours} == others, (turn, before, after, told)
        if told.outcome is EditOutcome.ACCEPTED:
            assert seen and before[ours] == seen.fields.get(ours, ""), ("overwritten unseen", turn, before, seen, told)
        if told.outcome in (EditOutcome.ACCEPTED, EditOutcome.UNCHANGED):
            assert after[ours] == wanted == record.get(ours, ""), (turn, before, after, told)
        elif told.outcome is EditOutcome.NOT_DONE:
            assert after[ours] == before[ours] == record.get(ours, ""), (turn, before, after, told)
        else:
            assert told.outcome is EditOutcome.CONFLICT and after == before, (turn, before, after, told)
            await desk.records.compare_edit(key, {ours: wanted})  # the person sees both sides
    return ended


def main() -> None:
    """By hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="of a server that runs; else the embedded one")
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--kills", type=int, default=6)
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as at, Sandbox("openemr") as own:
        base = o.base or own.base
        counts = drained_twice(Path(at), base, o.patients, o.kills)
        print(f"{len(counts)} patients, {sum(n == 1 for n in counts.values())} of them once", flush=True)
        print(dict(asyncio.run(in_turns(Path(at), base, o.rounds))), flush=True)


if __name__ == "__main__":
    main()
