"""Two texts line by line: lines that stand for each other are put side by side."""

from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST = 400_000  # characters of both texts together that are compared


@dataclass(frozen=True, slots=True)
class LineDiff:
    """Both texts with blank lines where only the other one has a line, and the numbers of the lines that differ."""

    left: str
    right: str
    left_lines: tuple[int, ...] = ()
    right_lines: tuple[int, ...] = ()


def compare_lines(left: str, right: str) -> LineDiff:
    """Put the lines of two texts side by side; texts that are too long are left as they are. Brackets, which repeat,
    are not matched by themselves in long texts: 11,000 lines take 6 ms so, and else a second."""
    if len(left) + len(right) > LONGEST:
        return LineDiff(left, right)
    one, other = left.split("\n"), right.split("\n")
    lefts, rights = list[str](), list[str]()
    left_marks, right_marks = list[int](), list[int]()
    for kind, i, j, k, m in SequenceMatcher(None, one, other).get_opcodes():
        height = max(j - i, m - k)
        if kind != "equal":
            left_marks += range(len(lefts), len(lefts) + j - i)
            right_marks += range(len(rights), len(rights) + m - k)
        lefts += one[i:j] + [""] * (height - (j - i))
        rights += other[k:m] + [""] * (height - (m - k))
    return LineDiff("\n".join(lefts), "\n".join(rights), tuple(left_marks), tuple(right_marks))
