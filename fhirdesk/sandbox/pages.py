"""Answers of many resources, a page at a time: searchset and history (https://hl7.org/fhir/R4/http.html#paging)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Refusal
from fhirdesk.sandbox.repository import Repository, Version
from fhirdesk.sandbox.search import search

Query = Sequence[tuple[str, str]]
PAGING = ("_count", "_offset")
INSTANCE = 2  # segments of the path of one resource


class Pages:
    """Bundles of what the repository holds, with the link to the next page."""

    def __init__(self, repository: Repository, options: Options, base: str):
        self._repository, self._options, self._base = repository, options, base

    def search(self, type_: str, query: Query) -> dict[str, Any]:
        """Return a page of the resources that match. Raises Refusal (400) for a parameter that is not known."""
        matches = search(self._repository, type_, query)
        return self._build_page("searchset", type_, query, matches, self._build_match)

    def history(self, path: tuple[str, ...], query: Query) -> dict[str, Any]:
        """Return a page of the versions of a resource, a type (`[type]`) or everything (`()`), newest first; `_since`:
        an instant. Raises Refusal (404) for a resource that never existed."""
        since = next((value for name, value in query if name == "_since"), "")
        written = [(t, i, v) for t, i, v in self._repository.written() if (t, i)[: len(path)] == path]
        if len(path) == INSTANCE and not written:
            raise Refusal(404, "not-found", f"{'/'.join(path)} is not known")
        versions = [each for each in reversed(written) if each[2].last_updated >= since]
        return self._build_page("history", "/".join([*path, "_history"]), query, versions, self._build_history_entry)

    def _build_page(self, kind: str, place: str, query: Query, items: Sequence[Any], build: Any) -> dict[str, Any]:
        count = min(_read_number(query, "_count", self._options.page_size), self._options.max_page_size)
        offset = _read_number(query, "_offset", 0)
        links = [self._build_link(place, "self", query)]
        if count and offset + count < len(items):
            rest = [(name, value) for name, value in query if name not in PAGING]
            following = [*rest, ("_count", str(count)), ("_offset", str(offset + count))]
            links.append(self._build_link(place, "next", following))
        entries = [build(each) for each in items[offset : offset + count]]
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": kind, "total": len(items), "link": links}
        return bundle | ({"entry": entries} if entries else {})

    def _build_link(self, place: str, relation: str, query: Query) -> dict[str, str]:
        return {"relation": relation, "url": f"{self._base}/{place}" + (f"?{urlencode(query)}" if query else "")}

    def _build_match(self, version: Version) -> dict[str, Any]:
        resource = version.resource or {}
        url = f"{self._base}/{resource['resourceType']}/{resource['id']}"
        return {"fullUrl": url, "resource": resource, "search": {"mode": "match"}}

    def _build_history_entry(self, written: tuple[str, str, Version]) -> dict[str, Any]:
        type_, id_, version = written
        status = "204" if version.resource is None else "201" if version.version_id == "1" else "200"
        entry: dict[str, Any] = {"fullUrl": f"{self._base}/{type_}/{id_}"}
        if version.resource is not None:
            entry["resource"] = version.resource
        url = type_ if version.method == "POST" else f"{type_}/{id_}"
        entry["request"] = {"method": version.method, "url": url}
        etag = f'W/"{version.version_id}"'
        entry["response"] = {"status": status, "etag": etag, "lastModified": version.last_updated}
        return entry


def _read_number(query: Query, name: str, default: int) -> int:
    text = next((value for n, value in query if n == name), None)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise Refusal(400, "invalid", f"{name} must be a whole number")
    return int(text)
