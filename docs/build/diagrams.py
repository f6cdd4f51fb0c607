"""The diagrams of the site, drawn from the tables that the program itself uses; `make diagrams` writes them."""

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from docs.build.svg import Box, draw_arrow, draw_box, draw_dot, draw_text, picture
from fhirdesk.core.queue_entry import ALLOWED, FINAL, NEEDS_A_PERSON, Status

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
PLACES = {  # where a state stands in its picture: column and row
    Status.HELD: (0, 0),
    Status.PENDING: (0, 1),
    Status.FAILED: (1, 0),
    Status.PROCESSING: (1, 1),
    Status.CONFLICT: (1, 2),
    Status.UNKNOWN: (2, 0),
    Status.COMPLETED: (2, 1),
}
USUAL: Mapping[Status, tuple[Status, ...]] = {  # the ways that most entries go; `draw_transitions` shows every one
    Status.PENDING: (Status.PROCESSING, Status.HELD),
    Status.HELD: (Status.PENDING,),
    Status.PROCESSING: (Status.COMPLETED, Status.UNKNOWN, Status.FAILED, Status.CONFLICT),
    Status.UNKNOWN: (Status.COMPLETED, Status.PENDING),
    Status.FAILED: (Status.PENDING,),
    Status.CONFLICT: (Status.PENDING,),
}
COLUMN, ROW = 250, 120  # pixels between two states
CELL = 84  # pixels of a column of the matrix
FLOOR = 58  # pixels between two floors


def draw_states() -> str:
    """The states of an entry and the usual ways between them."""
    boxes = {status: _state_box(status, *_centre(status)) for status in PLACES}
    arrows = [
        draw_arrow(boxes[start], boxes[end], _bend(start, end))
        for start, ends in USUAL.items()
        for end in ends
        if end in ALLOWED[start]
    ]
    return picture(740, 350, "How a queue entry goes from state to state", [*arrows, *map(draw_box, boxes.values())])


def _centre(status: Status) -> tuple[float, float]:
    column, row = PLACES[status]
    return 120 + column * COLUMN, 55 + row * ROW


def _state_box(status: Status, x: float, y: float) -> Box:
    kind = "final" if status in FINAL else "alarm" if status in NEEDS_A_PERSON else "calm"
    return Box(status.value, x, y, kind=kind)


def _bend(start: Status, end: Status) -> float:
    """How far an arrow is bent: a way over two columns goes around the state between."""
    is_long = abs(PLACES[start][0] - PLACES[end][0]) == 2
    return -30.0 if is_long else 16.0 if start in USUAL.get(end, ()) else 0.0


def draw_transitions() -> str:
    """Every way from a state (a row) to another (a column), as `ALLOWED` says."""
    starts, ends = [s for s in Status if ALLOWED[s]], list(Status)
    heads = [draw_text(end.value, *_cell(column, -1), "small") for column, end in enumerate(ends)]
    rows = [_state_box(start, 75, _cell(0, row)[1]) for row, start in enumerate(starts)]
    dots = [
        draw_dot(*_cell(column, row), is_filled=end in ALLOWED[start])
        for row, start in enumerate(starts)
        for column, end in enumerate(ends)
        if start is not end
    ]
    size = (150 + CELL * len(ends), 60 + 52 * len(starts))
    return picture(
        *size, "From each state (left) an entry may go where a dot is", [*heads, *map(draw_box, rows), *dots]
    )


def _cell(column: int, row: int) -> tuple[float, float]:
    return 185 + column * CELL, 68 + row * 52 if row >= 0 else 28


def read_floors() -> list[list[str]]:
    """The floors of the program, from the top: the first contract of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["name"].startswith("1. "))
    return [[room.strip().removeprefix("fhirdesk.") for room in layer.split("|")] for layer in layers]


def draw_floors() -> str:
    """The floors of the program, each on those that it may import."""
    floors = read_floors()
    boxes = [_floor_box(rooms, number) for number, rooms in enumerate(floors)]
    arrows = [draw_arrow(upper, lower) for upper, lower in pairwise(boxes)]
    return picture(640, len(floors) * FLOOR + 20, "The floors: imports point down", [*arrows, *map(draw_box, boxes)])


def _floor_box(rooms: list[str], number: int) -> Box:
    return Box(" · ".join(rooms), 320, 40 + number * FLOOR, width=560, height=36, kind="calm")


ALL = {"states.svg": draw_states, "transitions.svg": draw_transitions, "floors.svg": draw_floors}


def write_all() -> None:
    """Write every diagram to docs/images."""
    for name, draw in ALL.items():
        (IMAGES / name).write_text(draw(), encoding="utf-8")
