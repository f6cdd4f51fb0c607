"""The WAL cutter: a data folder copied in mid-flight, and what a power cut does to the tail that was not yet synced.

Only what lies after the last acknowledged commit may be lost: everything before it was synced (synchronous=FULL).
"""

import random
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

HEADER, FRAME = 32, 24  # bytes (https://sqlite.org/fileformat2.html#walformat)


def copy(folder: Path, target: Path, synced: int) -> Path:
    """The folder as the disk has it: of the log at least `synced` bytes."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*-shm", "*.lock", "*.reserve"))
    assert log(target).stat().st_size >= synced
    return target


def log(folder: Path) -> Path:
    """Its write-ahead log."""
    return folder / "fhirdesk.db-wal"


def length(folder: Path) -> int:
    """Bytes of the log; 0: there is none."""
    return log(folder).stat().st_size if log(folder).exists() else 0


def cut(folder: Path, synced: int, dice: random.Random) -> str:
    """Lose or tear some of what comes after `synced`. Returns what was done."""
    size = length(folder)
    at = dice.randint(synced, size)
    how = dice.choice(("cut", "zeros", "noise", "a page"))
    with log(folder).open("r+b") as file:
        if how == "cut":
            file.truncate(at)
        elif how == "a page" and size > synced:  # a frame in the middle did not make it
            page = struct.unpack(">I", log(folder).read_bytes()[8:12])[0] + FRAME
            frame = HEADER + (dice.randint(synced, size - 1) - HEADER) // page * page
            file.seek(max(frame, synced))
            file.write(b"\0" * min(page, size - max(frame, synced)))
        else:
            file.seek(at)
            file.write(b"\0" * (size - at) if how == "zeros" else dice.randbytes(size - at))
    return f"{how} at {at} of {size}, synced {synced}"


def whole(folder: Path) -> set[str]:
    """The uuids in the queue, once the file was found to be whole."""
    with closing(sqlite3.connect(folder / "fhirdesk.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return {uuid for (uuid,) in database.execute("SELECT uuid FROM queue_entry")}
