"""Paths in a resource: FHIRPath as servers and the check write it, and every value with its path."""

import re
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]  # ("telecom", 0, "value")

_STEP = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?")
_FUNCTION = re.compile(r"\.(?:ofType|where|first|extension|resolve)\([^()]*\)|\s+as\s+\w+|[()]")


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yields each plain value with its path, in the document's order; the top resourceType is left out."""
    if isinstance(node, dict):
        for name, value in node.items():
            if path or name != "resourceType":
                yield from leaves(value, (*path, name))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    else:
        yield path, node


def format_path(path: Path) -> str:
    """Returns the path as FHIRPath writes it: telecom[0].value."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)[1:]


def parse_path(expression: str, resource_type: str) -> Path:
    """Returns the path that an expression names, without its functions and without a Bundle entry before the
    resource."""
    plain = _FUNCTION.sub("", expression)
    path: list[str | int] = []
    for name, index in _STEP.findall(plain):
        path.append(name)
        if index:
            path.append(int(index))
    names = [i for i, step in enumerate(path) if step in (resource_type, "resource")]
    return tuple(path[names[-1] + 1 :] if names else path)


def matches(sought: Path, path: Path) -> bool:
    """Whether `path` is the sought path, or one lies below the other. A missing index matches any index, and `value`
    matches valueQuantity."""
    steps = iter(path)
    step: str | int | None = next(steps, None)
    for sought_step in sought:
        if step is None:
            return True
        if isinstance(step, int) and not isinstance(sought_step, int):
            step = next(steps, None)
            if step is None:
                return True
        if isinstance(sought_step, int) and not isinstance(step, int):
            continue
        if not _is(sought_step, step):
            return False
        step = next(steps, None)
    return True


def _is(sought: str | int, step: str | int) -> bool:
    if sought == step or isinstance(sought, int) or isinstance(step, int):
        return sought == step
    return step.startswith(sought) and step[len(sought) : len(sought) + 1].isupper()
