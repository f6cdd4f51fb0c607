"""A4: the power goes; what was acknowledged is there. By hand: FHIRDESK_CUTS=2000."""

import os
import random
import shutil
import uuid
from pathlib import Path

from fhirdesk.core.clock import Clock
from fhirdesk.core.events import Events
from fhirdesk.store.damage import invariants
from fhirdesk.store.database.checkpoint import Checkpointer
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from tests.factories import person
from tests.harness import wal
from tests.marks import fault

CUTS = int(os.environ.get("FHIRDESK_CUTS", "120"))


@fault("A4")
def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    dice = random.Random(4)
    store = SqliteStore.open(tmp_path / "data", "default", Events())
    assert isinstance(store._checkpoints, Checkpointer)
    store._checkpoints.close()  # the log only grows: what lies in it is known
    outbox, acknowledged = Outbox(store, Clock()), list[str]()
    for turn in range(CUTS // 4):
        synced, before = wal.length(tmp_path / "data"), list(acknowledged)
        batch = [Incoming(person(f"P-{turn}-{n}"), str(uuid.uuid4())) for n in range(dice.randint(1, 5))]
        outbox.add(batch)
        acknowledged += [one.uuid for one in batch]
        for n in range(4):  # the last commit was on its way: it may be there whole, or not at all
            here = wal.copy(tmp_path / "data", tmp_path / f"cut-{n}", synced)
            said = wal.cut(here, synced, dice)
            (here / "fhirdesk.commits").unlink()  # it had not been written yet
            found = wal.whole(here)
            assert set(before) <= found, said
            assert found - set(before) in (set(), {one.uuid for one in batch}), said
            again = SqliteStore.open(here, "default", Events())
            with again.snapshot() as view:
                assert invariants.find_violations(view.conn) == [] == invariants.find_lost(view.conn, before)
            again.close()
            shutil.rmtree(here)
    store.close()
