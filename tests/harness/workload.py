"""Changes of a clinic's day with marks in them: patients, their encounters and results, changes of these, deletes."""

import itertools
import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.judge import Change

KEYS = {"patient": "patient_id", "encounter": "encounter_id", "lab_result": "result_id"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A change and the record that says it (None: a delete)."""

    change: Change
    row: dict[str, Any] | None


class Workload:
    """Seeded: the same seed asks for the same changes. `people`: how many patients it keeps changing."""

    def __init__(self, seed: int, people: int):
        self._dice, self._people = random.Random(seed), people
        self._marks = itertools.count(1)
        self._new = itertools.count(1)
        self.there: dict[str, dict[str, Any]] = {}  # key → its newest row, of what is not deleted
        self._gone: list[dict[str, Any]] = []

    def batch(self, size: int) -> list[Asked]:
        """So many changes, each record at most once, parents before their children."""
        made: dict[str, dict[str, Any]] = {}
        while len(made) < size:
            for row in self._some():
                made.setdefault(_key(row), row)
        asked = [self._marked(row) for row in made.values()][: max(size, 1)]
        for one in asked:
            if one.row:
                self.there[_key(one.row)] = one.row
        return asked

    def again(self, saved: Collection[str]) -> list[Asked]:
        """What nobody acknowledged is brought again, as a person would: else its children wait for ever."""
        order = list(KEYS)
        rows = [row for key, row in self.there.items() if key not in saved]
        asked = [self._marked(row) for row in sorted(rows, key=lambda row: order.index(row["type"]))]
        self.there |= {a.change.key: a.row for a in asked if a.row}
        return asked

    def deletes(self, count: int) -> list[Asked]:
        """Deletes of results, which nothing refers to; some come back later."""
        leaves = [row for row in self.there.values() if row["type"] == "lab_result"]
        asked = []
        for row in self._dice.sample(leaves, min(count, len(leaves))):
            del self.there[_key(row)]
            self._gone.append(row)
            change = Change(next(self._marks), row["type"], _key(row), deletes=True)
            asked.append(Asked(change, None))
        return asked

    def _some(self) -> list[dict[str, Any]]:
        dice = self._dice.random()
        known = list(self.there.values())
        if len(self.there) < 3 * self._people and (dice < 0.4 or not known):
            return self._family(next(self._new))
        if self._gone and dice < 0.45:
            return [self._gone.pop(0)]
        return [self._dice.choice(known)]

    def _family(self, n: int) -> list[dict[str, Any]]:
        patient = {"type": "patient", "patient_id": f"P-{n:05}", "family_name": "김", "given_name": "나라"}
        patient |= {"gender": "F", "birth_date": "1990-02-03", "phone": f"010-0000-{n:04}"}
        visit = {"type": "encounter", "encounter_id": f"E-{n:05}", "patient_id": f"P-{n:05}", "status": "completed"}
        visit |= {"encounter_class": "outpatient", "started_at": "2026-07-01T10:00:00+09:00"}
        result = {"type": "lab_result", "result_id": f"L-{n:05}", "patient_id": f"P-{n:05}", "test_code": "718-7"}
        result |= {"encounter_id": f"E-{n:05}", "test_name": "혈색소", "result_value": "13.50", "result_unit": "g/dL"}
        return [patient, visit, result | {"resulted_at": "2026-07-01T11:00:00+09:00"}]

    def _marked(self, row: dict[str, Any]) -> Asked:
        mark = next(self._marks)
        place = {"patient": "address", "encounter": "reason", "lab_result": "comments"}[row["type"]]
        return Asked(Change(mark, row["type"], _key(row)), row | {place: f"mark-{mark:06}"})


def _key(row: dict[str, Any]) -> str:
    return str(row[KEYS[row["type"]]])


def write(asked: Sequence[Asked], path: Path) -> Path:
    """The records as NDJSON."""
    path.write_text("".join(json.dumps(a.row, ensure_ascii=False) + "\n" for a in asked if a.row), encoding="utf-8")
    return path
