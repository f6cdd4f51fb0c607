"""The glance at a usual resource: what it passes, the whole look finds no fault with; what we write is usual."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from fhirdesk import sample
from fhirdesk.converters.mapper import Mapper
from fhirdesk.r4 import fast_path, json
from fhirdesk.r4.check import check, check_entries
from fhirdesk.r4.json import Number
from tests.r4.corpus import documents

MAPPER = Mapper()
URL = "http://example.org/x"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
REAL = ("hl7_examples/hl7_r4_ten_types.tar.gz", "other_examples/ips.tar.gz", "other_examples/inferno_us_core.tar.gz")
NAMES = (
    *("extension", "contained", "text", "period", "onsetPeriod", "abatementDateTime", "abatementRange", "meta", "id"),
    *("reference", "type", "start", "end", "low", "high", "value", "_status", "component", "valueString", "endpoint"),
)
PIECES: tuple[Any, ...] = (
    *(None, "", "x", 0, -1, 10**30, Number("1.50"), Number("1e400"), True, [], {}, ["x"], [None, "x"], {"id": "x"}),
    *("2020", "2020-02-30", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "2020-01-01T00:00:60+09:00"),
    *("#", "#a", "#model", "Patient/1", "Practitioner/x", "urn:uuid:x", "../Patient/1", "Patient?identifier=a|b"),
    *({"reference": text} for text in ("#", "#a", "#wado", "Device/1", "http://x.org/Group/1", "urn:uuid:1")),
    {"reference": "Patient/1", "type": "Patient"},
    {"type": "Patient", "identifier": {"value": "x", "period": {"start": "2021", "end": "2020"}}},
    *([{"url": URL, **more}] for more in ({"valueCode": "a"}, {"valueDecimal": Number("1.0")}, {"id": "q"}, {})),
    [{"url": "x", "valueCode": "a"}],
    {"start": "2021", "end": "2020"},
    {"start": "2020-01-01T10:00:00+09:00", "end": "2020-01-01T02:00:00Z"},
    {"start": "2020-01-01T10:00:00.2Z", "end": "2020-01-01T10:00:00.10Z"},
    {"low": {"value": 5}, "high": {"value": Number("1.0")}},
    {"low": {"value": 5, "unit": "mg"}, "high": {"value": 1, "unit": "g"}},
    *({"status": "generated", "div": DIV.format(text)} for text in ("a", "", "<script>a</script>")),
    [{"resourceType": "Device", "id": "a"}],
    [{"resourceType": "Device", "id": "model"}, {"resourceType": "Group", "id": "model"}],
    [{"resourceType": "Endpoint", "id": "wado", "meta": {"versionId": "1"}}],
)


def ours() -> Iterator[Any]:
    """The sample clinic's resources."""
    for row in sample.generate(60, 11):
        yield MAPPER.to_resource(MAPPER.read_record(row, None))


def nodes(node: Any) -> list[Any]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [*([node] if isinstance(node, dict | list) else []), *(n for value in inner for n in nodes(value))]


def spoilt(resource: Any, chance: random.Random) -> Any:
    """A copy with one thing left out, doubled, put in or put in the place of another."""
    made = copy.deepcopy(resource)
    node, piece = chance.choice(nodes(made)), copy.deepcopy(chance.choice(PIECES))
    if isinstance(node, list):
        node[chance.randrange(len(node) + 1) :] = chance.choice(([], [piece], node[:1]))
    elif chance.random() < 0.4:
        node[chance.choice(NAMES)] = piece
    else:
        name = chance.choice([n for n in node if n != "resourceType"] or ["id"])
        node.pop(name, None)
        node |= chance.choice(({}, {name: piece}, {f"_{name}": piece}))
    return made


def passed(resource: Any, types: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the glance passes it; then the whole look finds nothing, either."""
    if not fast_path.is_certainly_valid(resource, types):
        return False
    entry = {"resourceType": "Bundle", "type": "collection"}
    known = [{"fullUrl": url, "resource": {"resourceType": type_}} for url, type_ in types.items()]
    with monkeypatch.context() as patched:
        patched.setattr(fast_path, "is_certainly_valid", lambda *_: False)
        found = list(check_entries(entry | {"entry": [*known, {"resource": resource}]}))[-1][2]
    assert found == (), (resource, found)
    return True


def test_what_we_write_is_usual() -> None:
    assert [made for made in ours() if not fast_path.is_certainly_valid(made, {})] == []


def test_the_glance_passes_nothing_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    cases = [spoilt(made, chance) for made in ours() for _ in range(4)]
    outcomes = [passed(case, chance.choice(({}, {"urn:uuid:1": "Group"})), monkeypatch) for case in cases]
    assert 0.05 < sum(outcomes) / len(outcomes) < 0.95  # both are met


@pytest.mark.parametrize("name", REAL)
def test_neither_in_resources_of_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(6)
    given = [json.loads(body) for _, body in documents(name)]
    given = [g for g in given if isinstance(g, dict) and not usual_never(g)]
    assert any(passed(case, {}, monkeypatch) for g in given for case in (g, spoilt(g, chance)))


def usual_never(resource: dict[str, Any]) -> bool:
    """Whether check refuses it at once."""
    return any(f.severity == "fatal" for f in check(resource))
