"""What a server did, as plain writes in the order it did them: the one thing the judge believes."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.request import Request, urlopen

OTHERS = -1  # the mark of what somebody else wrote
MARK = re.compile(r"mark-(\d+)")
TYPES = {"Patient": "patient", "Encounter": "encounter", "Observation": "lab_result"}


@dataclass(frozen=True, slots=True)
class Write:
    """One version that took effect. `mark`: None of a deletion."""

    type: str  # of the record
    key: str  # the business number
    id: str
    version: str
    mark: int | None
    refers_to: tuple[str, ...] = ()  # "Patient/1"

    @property
    def deletes(self) -> bool:
        """Whether this version is a deletion."""
        return self.mark is None


def mark_of(resource: Mapping[str, Any]) -> int:
    """The mark that a resource carries; 0: none."""
    found = MARK.search(json.dumps(resource))
    return int(found[1]) if found else 0


def of_embedded(base: str) -> list[Write]:
    """The embedded server's journal."""
    return writes(admin(base, "versions"))


def writes(rows: Iterable[Mapping[str, Any]]) -> list[Write]:
    """Rows of {type, id, version, resource (None: deleted)}, oldest first, as writes."""
    ours = [row for row in rows if row["type"] in TYPES]
    keys = {(r["type"], r["id"]): r["resource"]["identifier"][0]["value"] for r in ours if r["resource"] is not None}
    found = []
    for row in ours:
        place, resource = (row["type"], row["id"]), row["resource"]
        mark = None if resource is None else mark_of(resource)
        pointed = tuple(_references(resource or {}))
        found.append(Write(TYPES[row["type"]], keys[place], row["id"], str(row["version"]), mark, pointed))
    return found


def of_hapi(base: str) -> list[Write]:
    """HAPI's history: of each instance in the order of its versions; across instances by time."""
    rows = []
    for type_ in TYPES:
        url: str | None = f"{base}/{type_}/_history?_count=200"
        while url:
            page = fetch(url)
            rows += [_past(type_, entry) for entry in page.get("entry", ())]
            url = next((k["url"] for k in page.get("link", ()) if k["relation"] == "next"), None)
    rows.sort(key=lambda row: (row["id"], int(row["version"])))
    for before, row in pairwise(rows):  # HAPI tells no time of a deletion: it came after the version before it
        if row["id"] == before["id"]:
            row["at"] = max(row["at"], before["at"])
    rows.sort(key=lambda row: row["at"])
    return writes(rows)


def _past(type_: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    resource, response = entry.get("resource"), entry.get("response", {})
    deleted = entry["request"]["method"] == "DELETE"
    version = response.get("etag", "").removeprefix("W/").strip('"')
    at = response.get("lastModified") or (resource or {}).get("meta", {}).get("lastUpdated", "")
    id_ = entry["fullUrl"].rsplit("/", 1)[-1] if not resource or "id" not in resource else resource["id"]
    return {"type": type_, "id": id_, "version": version, "at": at, "resource": None if deleted else resource}


def _references(node: Any) -> Iterable[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def fetch(url: str) -> Any:
    """GET as JSON."""
    with urlopen(Request(url, headers={"Cache-Control": "no-cache"}), timeout=60) as answer:
        return json.load(answer)


def admin(base: str, call: str, body: object = None, method: str | None = None) -> Any:
    """An admin call of the embedded server."""
    url = f"{base.removesuffix('/fhir')}/__admin/{call}"
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/json"}, method=method), timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None
