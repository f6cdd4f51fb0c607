"""Where each value of a JSON text stands: from paths to spans and back, also from FHIRPath expressions."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
CALL = re.compile(r"\.\w+\([^)]*\)")  # ofType(…), where(…), resolve()
PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Span:
    """Positions in the text: from the name of a member (or the value of an item) to the end of its value."""

    start: int
    end: int


class JsonSpans:
    """The spans of one text; a text that is not JSON has none."""

    def __init__(self, text: str = ""):
        self.by_path: dict[Path, Span] = {}
        self._read(text)
        self._order = sorted((span.start, -span.end, path) for path, span in self.by_path.items())
        self._starts = [start for start, _, _ in self._order]

    def _read(self, text: str) -> None:
        stack: list[tuple[Path, int, str, int]] = []  # path, start, bracket, next item
        path: Path = ()
        start, name = 0, None
        for token in TOKEN.finditer(text):
            char = token[0]
            if stack and char not in "}],:" and name is None:
                outer, _, bracket, item = stack[-1]
                if bracket == "{":
                    name, start = char[1:-1], token.start()
                    path = (*outer, name)
                    continue
                stack[-1] = (*stack[-1][:3], item + 1)
                path, start = (*outer, item), token.start()
            if char in "{[":
                stack.append((path, start, char, 0))
                name = None
            elif char in "}]":
                if not stack:
                    return
                closed, began, *_ = stack.pop()
                self.by_path[closed] = Span(began, token.end())
            elif char not in ",:":
                self.by_path[path] = Span(start, token.end())
                name = None

    def at(self, position: int) -> Path | None:
        """The path of the innermost value at a position."""
        for start, negative_end, path in reversed(self._order[: bisect_right(self._starts, position)]):
            if start <= position <= -negative_end:
                return path
        return None

    def find(self, expression: str) -> tuple[Path, Span] | None:
        """The path and span of the value that an expression names, or of the nearest one around it:
        `Patient.telecom[0].value`, `telecom[0].value`, `Observation.value.ofType(Quantity).unit`."""
        path: Path = ()
        parts = [int(index) if index else name for name, index in PART.findall(CALL.sub("", expression))]
        if parts and isinstance(parts[0], str) and parts[0][:1].isupper():
            parts = parts[1:]
        for part in parts:
            further = self._step(path, part)
            if further is None:
                break
            path = further
        return (path, self.by_path[path]) if path in self.by_path else None

    def _step(self, path: Path, part: str | int) -> Path | None:
        for begin in (path, (*path, 0)):  # an item that no index names is the first
            if (*begin, part) in self.by_path:
                return (*begin, part)
            if isinstance(part, str) and (chosen := self._find_choice(begin, part)):
                return chosen
        return None

    def _find_choice(self, path: Path, part: str) -> Path | None:
        """The member of a choice type: `value` stands for valueQuantity, valueString …"""
        for candidate in self.by_path:
            if len(candidate) == len(path) + 1 and candidate[:-1] == path and isinstance(candidate[-1], str):
                name = candidate[-1]
                if name.startswith(part) and name[len(part) : len(part) + 1].isupper():
                    return candidate
        return None


def find_value(resource: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as telecom[0].value; None where there is none."""
    value: Any = resource
    for name, index in PART.findall(path):
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value


def format_path(path: Path) -> str:
    """Write a path as people do: telecom[0].value"""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
