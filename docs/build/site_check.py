"""Looks at the built site: it fetches nothing from another host, and what its pages point at is there."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src", "use": "href"}
NOT_FETCHED = {"canonical", "next", "prev", "alternate"}  # kinds of <link> that only say where something is
IN_STYLES = re.compile(r"""(?:@import\s+|url\(\s*)["']?((?:https?:)?//[^"')\s]+)""")
# The theme loads these when a page asks for them by its content, and none of ours may.
ASKING = ("mermaid", "glightbox", "arithmatex")


class _Page(HTMLParser):
    """Collects what a page fetches, what it links to, and the classes and ids that it uses."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.classes: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.classes.update(values.get("class", "").split())
        self.ids.add(values.get("id", ""))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        name = FETCHED.get(tag, "")
        if name in values and not NOT_FETCHED & set(values.get("rel", "").split()):
            self.fetched.append(values[name])


def find_problems(site: Path) -> list[str]:
    """What is wrong with the site, a sentence each."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    if not pages:
        return [f"{site}: no page"]
    problems = [problem for path, page in pages.items() for problem in _problems_of(path, page, pages, site)]
    return problems + [problem for path in sorted(site.rglob("*.css")) for problem in _find_foreign(path)]


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _problems_of(path: Path, page: _Page, pages: dict[Path, _Page], site: Path) -> Iterator[str]:
    yield from (f"{path}: would fetch {a}" for a in page.fetched if is_foreign(a))
    yield from (f"{path}: {name} makes the theme fetch a script" for name in ASKING if name in page.classes)
    yield from _find_foreign(path)
    if path.name == "404.html":  # its addresses are those of the host's root
        return
    for address in (*page.fetched, *page.links):
        if not is_foreign(address) and not _is_there(address, path, pages, site):
            yield f"{path}: points at {address}, which is not there"


def is_foreign(address: str) -> bool:
    """True if the address names a host."""
    return bool(urlsplit(address).netloc)


def _is_there(address: str, path: Path, pages: dict[Path, _Page], site: Path) -> bool:
    parts = urlsplit(address)
    if parts.scheme:  # data:, mailto:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
    target = target / "index.html" if target.is_dir() else target
    by_place = {place.resolve(): page for place, page in pages.items()}
    if target in by_place and parts.fragment:
        return unquote(parts.fragment) in by_place[target].ids
    return target.is_file() and target.is_relative_to(site.resolve())


def _find_foreign(path: Path) -> Iterator[str]:
    """Addresses of other hosts in styles, also those inside a page."""
    text = path.read_text(encoding="utf-8")
    styles = text if path.suffix == ".css" else "".join(re.findall(r"<style.*?</style>", text, re.DOTALL))
    yield from (f"{path}: would fetch {address}" for address in IN_STYLES.findall(styles))
