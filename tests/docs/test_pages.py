"""The pages of the site: what comes from the code says what the code says, and nothing points at nothing."""

import re
from pathlib import Path

import pytest

from docs.build import diagrams, site_check, staging
from docs.build.command_line import list_verbs
from fhirdesk.cli.parser import build_parser
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import ALLOWED, Status
from tests.faults import ROWS

PAGES = staging.read_pages()


@pytest.mark.parametrize("name", diagrams.ALL)
def test_a_diagram_is_up_to_date(name: str) -> None:
    written = (diagrams.IMAGES / name).read_text(encoding="utf-8")
    assert written == diagrams.ALL[name](), "make diagrams"


def test_the_diagrams_show_every_state_step_and_room() -> None:
    assert all(end in ALLOWED[start] for start, ends in diagrams.USUAL.items() for end in ends)
    assert diagrams.draw_transitions().count('class="head" r=') == sum(map(len, ALLOWED.values()))
    assert all(f">{status.value}<" in diagrams.draw_transitions() for status in Status)
    assert [rooms for rooms in diagrams.read_floors() if "core" in rooms] == [diagrams.read_floors()[-1]]


def test_every_page_is_in_the_navigation_and_every_place_of_it_is_a_page() -> None:
    named = set(re.findall(r'"([\w/-]+\.md)"', staging.read_settings()))
    assert named == set(PAGES)


@pytest.mark.parametrize("name", [name for name, _ in list_verbs(build_parser("en"))])
def test_the_command_line_has_every_verb(name: str) -> None:
    assert f"### `{name}`" in PAGES["reference/command-line.md"]


def test_the_tables_of_the_code_are_whole() -> None:
    assert [verdict for verdict in Verdict if f"| `{verdict.value}` |" not in PAGES["reference/verdicts.md"]] == []
    assert [row for row in ROWS if f"| {row} |" not in PAGES["reference/faults.md"]] == []
    errors = [e for e in FhirDeskError.__subclasses__() if e.__module__ == FhirDeskError.__module__]
    assert [e for e in errors if f"| `{e.__name__}` |" not in PAGES["reference/exit-codes.md"]] == []
    assert "| `retention` |" in PAGES["reference/settings.md"] and "| `read_again` |" in PAGES["reference/settings.md"]


def test_a_page_that_is_named_becomes_a_link_and_code_stays_as_it_is() -> None:
    labels = {"queue.md": "The queue", "how-to/why.md": "", "architecture.md": "Architecture"}
    text = "docs/queue.md, `docs/queue.md`, ARCHITECTURE.md, docs/none.md, [x](queue.md)\n\n    docs/queue.md\n"
    linked = staging.link_mentions(text, "how-to/why.md", labels)
    assert linked.startswith("[The queue](../queue.md), `docs/queue.md`, [Architecture](../architecture.md), docs/none")
    assert linked.endswith(", [x](queue.md)\n\n    docs/queue.md\n")


RIGHT = '<a href="other.html#part">x</a><a href="https://hl7.org/fhir/R4/">R4</a><img src="a.svg">'
WRONG = {
    "a script": '<script src="https://cdn.example.org/x.js"></script>',
    "a style": '<link rel="stylesheet" href="//fonts.example.org/css">',
    "a font": "<style>@font-face{src:url(https://fonts.example.org/a.woff2)}</style>",
    "a connection": '<link rel="preconnect" href="https://fonts.example.org">',
    "a picture": '<img src="http://example.org/a.png">',
    "a page": '<a href="none.html">x</a>',
    "a part": '<a href="other.html#none">x</a>',
    "a file": '<img src="none.svg">',
    "a diagram that asks for a script": '<pre class="mermaid">graph LR</pre>',
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_site_may_fetch_nothing_from_elsewhere_and_point_at_nothing_that_is_not_there(
    tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "other.html").write_text('<h2 id="part">Part</h2>', encoding="utf-8")
    (tmp_path / "a.svg").write_text("<svg/>", encoding="utf-8")
    page = tmp_path / "index.html"
    page.write_text(RIGHT, encoding="utf-8")
    assert site_check.find_problems(tmp_path) == []
    page.write_text(RIGHT + WRONG[wrong], encoding="utf-8")
    assert len(site_check.find_problems(tmp_path)) == 1
