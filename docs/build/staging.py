"""Gathers the pages of the site: those of `docs`, a few of the repository, and those that come from the code."""

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.build import command_line, covered, python_reference, settings_page, verdicts

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FROM_THE_REPOSITORY = {  # file → its page
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
}
WRITTEN: dict[str, Callable[[], str]] = {
    "reference/command-line.md": command_line.write_page,
    "reference/exit-codes.md": command_line.write_exit_codes,
    "reference/settings.md": settings_page.write_page,
    "reference/records-api.md": python_reference.write_records_page,
    "reference/plugin-api.md": python_reference.write_plugin_page,
    "reference/verdicts.md": verdicts.write_page,
    "reference/faults.md": covered.write_page,
}
SHOWN = (".md", ".svg", ".png", ".css")
MENTION = re.compile(r"(?<![\w/(`\[.-])(?:docs/)?((?:[\w-]+/)*[\w-]+\.md)(?![\w`/])")
CODE = re.compile(r"(^```.*?^```|`[^`\n]+`|^ {4}.*?$)", re.DOTALL | re.MULTILINE)


def read_labels() -> dict[str, str]:
    """What the site calls its pages: their names in the navigation of zensical.toml, by page."""
    nav = tomllib.loads(read_settings())["project"]["nav"]
    return {page: name for name, page in _walk(nav)}


def read_settings() -> str:
    """The settings of the site, with every page of a folder that the navigation names (`"adr"`: the decisions)."""

    def list_pages(match: re.Match[str]) -> str:
        pages = [path.relative_to(DOCS).as_posix() for path in DOCS.glob(f"{match[1]}/*.md")]
        return f"= {json.dumps(sorted(pages, key=lambda page: (not page.endswith('README.md'), page)))} }}"

    text = (DOCS / "zensical.toml").read_text(encoding="utf-8")
    return re.sub(r'= "(\w+)" }', list_pages, text)


def _walk(nav: list[Any]) -> Iterator[tuple[str, str]]:
    for item in nav:
        for name, below in item.items() if isinstance(item, dict) else ():
            if isinstance(below, str):
                yield name, below
            else:
                yield from _walk(below)


def write_pages(folder: Path) -> None:
    """Write every page and picture of the site into the folder, which is emptied first, and the settings beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder.parent / "zensical.toml", read_settings().encode())
    pages = read_pages()
    labels = dict.fromkeys(pages, "") | read_labels()
    for name, text in pages.items():
        _write(folder / name, link_mentions(text, name, labels).encode())
    for path in sorted(DOCS.rglob("*")):
        if path.suffix in SHOWN and path.suffix != ".md":
            _write(folder / path.relative_to(DOCS), path.read_bytes())


def read_pages() -> dict[str, str]:
    """Every page by its place in the site."""
    pages = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
    pages |= {page: (ROOT / name).read_text(encoding="utf-8") for name, page in FROM_THE_REPOSITORY.items()}
    return pages | {name: write() for name, write in WRITTEN.items()}


def link_mentions(text: str, page: str, labels: Mapping[str, str]) -> str:
    """The text in which a page that is named by its file (docs/queue.md) is a link to it. `labels`: what to call each
    page of the site; nothing: by its file."""

    def link(match: re.Match[str]) -> str:
        target = FROM_THE_REPOSITORY.get(match[1], match[1])
        if target not in labels or target == page:
            return match[0]
        return f"[{labels[target] or match[0]}]({'../' * page.count('/')}{target})"

    parts = CODE.split(text)
    return "".join(part if number % 2 else MENTION.sub(link, part) for number, part in enumerate(parts))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
