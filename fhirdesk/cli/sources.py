"""The files that a verb reads: names of the command line become paths or standard input."""

import glob
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from fhirdesk.core.errors import Refused


def find_sources(names: Sequence[str]) -> list[Path | BinaryIO]:
    """A path for each name; `-` is standard input. A pattern that the shell left as it is (that of Windows does) means
    the files that fit it, in order of their names."""
    return [sys.stdin.buffer if name == "-" else Path(name) for pattern in names for name in _expand(pattern)]


def find_source(name: str) -> Path | BinaryIO:
    """The one file of that name, or standard input. Raises Refused where a pattern fits several."""
    sources = find_sources([name])
    if len(sources) > 1:
        raise Refused("files_several", pattern=name, count=len(sources))
    return sources[0]


def _expand(pattern: str) -> list[str]:
    """The names that fit a pattern; the pattern itself where it is the name of a file, or fits none."""
    is_pattern = glob.has_magic(pattern) and not Path(pattern).exists()
    fitting = sorted(glob.glob(pattern)) if is_pattern else []  # noqa: PTH207 - hidden files stay out, as in a shell
    return fitting or [pattern]
