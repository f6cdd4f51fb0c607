"""The judge: what was acknowledged against what the server did. It never asks the program how it went."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.harness.journal import OTHERS, Write

Place = tuple[str, str]  # type and key of a record


@dataclass(frozen=True, slots=True)
class Change:
    """One change that was asked for. `acknowledged`: the program said it is saved; else it may have been saved."""

    mark: int
    type: str
    key: str
    deletes: bool = False
    acknowledged: bool = True


@dataclass(slots=True)
class Verdict:
    """What is wrong, in sentences; empty lists are a promise kept."""

    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    child_first: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    acknowledged: int = 0
    versions: int = 0
    kills: int = 0
    in_flight: int = 0  # of the kills: those that left entries being sent

    @property
    def faults(self) -> dict[str, list[str]]:
        """What was found, by kind."""
        names = ("lost", "duplicates", "twice", "out_of_order", "child_first", "blind", "strange")
        return {name: found for name in names if (found := getattr(self, name))}

    def __str__(self) -> str:
        said = f"{self.acknowledged} acknowledged, {self.versions} versions"
        said += f", {self.kills} kills, {self.in_flight} with entries in flight" if self.kills else ""
        return said + "".join(f"; {len(found)} {name}: {found[:3]}" for name, found in self.faults.items())


def judge(changes: Iterable[Change], writes: Sequence[Write]) -> Verdict:
    """Every acknowledged change against the server's journal."""
    verdict = Verdict(versions=len(writes))
    asked: dict[Place, list[Change]] = defaultdict(list)
    for change in sorted(changes, key=lambda c: c.mark):
        asked[change.type, change.key].append(change)
        verdict.acknowledged += change.acknowledged
    done: dict[Place, list[Write]] = defaultdict(list)
    for write in writes:
        done[write.type, write.key].append(write)
    for place, found in done.items():
        _in_order(place, asked.get(place, []), found, verdict)
        _one_at_a_time(place, found, verdict)
    for place, wanted in asked.items():
        _last_wins(place, wanted, done.get(place, []), verdict)
    _parents_first(writes, verdict)
    return verdict


def _in_order(place: Place, asked: Sequence[Change], found: Sequence[Write], verdict: Verdict) -> None:
    """The versions are a part of what was asked for, in its order, none twice."""
    marks = {c.mark for c in asked if not c.deletes}
    deletes = [c.mark for c in asked if c.deletes]
    at = 0
    for write in found:
        if write.mark == OTHERS:
            at = max(0, at - 1)  # what they wrote over may be written again
            continue
        mark = write.mark if write.mark is not None else next((d for d in deletes if d > at), 0)
        shown = f"{place[0]} {place[1]}: {[w.mark for w in found]}"
        if write.mark is not None and mark not in marks:
            verdict.strange.append(shown)
        elif mark == at or (write.deletes and not mark):
            verdict.twice.append(shown)
        elif mark < at:
            verdict.out_of_order.append(shown)
        at = max(at, mark)


def _one_at_a_time(place: Place, found: Sequence[Write], verdict: Verdict) -> None:
    """Never two resources for one record at once."""
    there: set[str] = set()
    for write in found:
        there.discard(write.id) if write.deletes else there.add(write.id)
        if len(there) > 1:
            verdict.duplicates.append(f"{place[0]} {place[1]}: {sorted(there)}")
            return


def _last_wins(place: Place, asked: Sequence[Change], found: Sequence[Write], verdict: Verdict) -> None:
    """The server ends with the last acknowledged change, or with a later one that may have been saved."""
    last = max((c.mark for c in asked if c.acknowledged), default=0)
    good = [c for c in asked if c.mark >= last]
    ours = [w for w in found if w.mark != OTHERS]
    ends = ours[-1] if ours else None
    if ends is None or ends.deletes:
        kept = not last or any(c.deletes for c in good)
    else:
        kept = any(c.mark == ends.mark for c in good)
    if not kept:
        verdict.lost.append(f"{place[0]} {place[1]} ends with {ends and ends.mark}, not {last}")


def _parents_first(writes: Sequence[Write], verdict: Verdict) -> None:
    """What a resource points at was there before it (I8)."""
    there: set[str] = set()
    kinds = {"patient": "Patient", "encounter": "Encounter", "lab_result": "Observation"}
    for write in writes:
        missing = [r for r in write.refers_to if r.split("/")[0] in kinds.values() and r not in there]
        if missing:
            verdict.child_first.append(f"{write.type} {write.key} points at {missing}")
        place = f"{kinds[write.type]}/{write.id}"
        there.discard(place) if write.deletes else there.add(place)


def blind_resends(
    asked: Iterable[Mapping[str, object]],
    settle: float,
    verdict: Verdict,
    decided: Mapping[str, Sequence[float]] | None = None,
) -> None:
    """Creates that nothing guards: the same one again only after two empty searches, a settle time apart (rule 6).

    `asked`: rows of `server.Witness`, oldest first: {"at", "what": create | search, "key", "mark", "empty"}.
    `decided`: for a key, when a person said that it is not there: that allows the one create after it."""
    last: dict[object, tuple[object, float]] = {}
    empty: dict[object, list[float]] = defaultdict(list)
    for row in asked:
        key, at = row["key"], float(str(row["at"]))
        if row["what"] == "search":
            if row["empty"]:
                empty[key].append(at)
            continue
        looks = empty.pop(key, [])
        mark, before = last.get(key, (None, at))
        said = any(before <= when <= at for when in (decided or {}).get(str(key).rpartition("|")[2], ()))
        if mark == row["mark"] and not said and (len(looks) < 2 or looks[-1] - looks[0] < settle - 0.05):
            verdict.blind.append(f"{key} mark {row['mark']}: looked {[round(look - at, 2) for look in looks]} before")
        elif not looks:
            verdict.blind.append(f"{key} mark {row['mark']}: not looked for")
        last[key] = row["mark"], at
