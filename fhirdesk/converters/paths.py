"""Places in a resource: FHIRPath as servers and the check write it, and every value with its place."""

import re
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]  # ("telecom", 0, "value")

_STEP = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?")
_FUNCTION = re.compile(r"\.(?:ofType|where|first|extension|resolve)\([^()]*\)|\s+as\s+\w+|[()]")


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value with its place, in order; resourceType is none."""
    if isinstance(node, dict):
        for name, value in node.items():
            if path or name != "resourceType":
                yield from leaves(value, (*path, name))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from leaves(value, (*path, place))
    else:
        yield path, node


def format_path(path: Path) -> str:
    """The place as it is written: telecom[0].value."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)[1:]


def parse_path(expression: str, resource_type: str) -> Path:
    """The place that an expression names, as far as it is plain; a Bundle's entry before it counts for nothing."""
    plain = _FUNCTION.sub("", expression)
    path: list[str | int] = []
    for name, index in _STEP.findall(plain):
        path.append(name)
        if index:
            path.append(int(index))
    names = [i for i, step in enumerate(path) if step in (resource_type, "resource")]
    return tuple(path[names[-1] + 1 :] if names else path)


def matches(wanted: Path, path: Path) -> bool:
    """Whether a value's place is the one wanted, lies below it, or holds it; an index that is not said fits any, and
    `value` fits valueQuantity."""
    steps = iter(path)
    step: str | int | None = next(steps, None)
    for want in wanted:
        if step is None:
            return True
        if isinstance(step, int) and not isinstance(want, int):
            step = next(steps, None)
            if step is None:
                return True
        if isinstance(want, int) and not isinstance(step, int):
            continue
        if not _is(want, step):
            return False
        step = next(steps, None)
    return True


def _is(want: str | int, step: str | int) -> bool:
    if want == step or isinstance(want, int) or isinstance(step, int):
        return want == step
    return step.startswith(want) and step[len(want) : len(want) + 1].isupper()
