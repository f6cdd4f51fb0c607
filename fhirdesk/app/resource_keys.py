"""Names the resources of one source: their keys here, and what the references in them mean (docs/records.md).

A number of ours is a key everywhere. `Type/id` is one only as far as the server that gave it: of another server it is
preceded by that server's address, of a source that was named by its name.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from fhirdesk.core.resource import local_id, named_as, pointer
from fhirdesk.files.row import Named, Row

UUID_URN = "urn:uuid:"
HISTORY = "/_history/"
SCHEMES = ("http", "https")
EXPORTED = re.compile(r"source/([^/]+)/([A-Z][A-Za-z]+/[^/]+)")  # of a source that was named


@dataclass(frozen=True, slots=True)
class Naming:
    """How one source calls its resources. `own`: the addresses below which resources have plain names: the FHIR base
    of the profile, and that of what we export; `source`: the name that was given to it."""

    own: tuple[str, ...] = ()
    source: str | None = None

    def name(self, full_url: str | None, type_id: str) -> str:
        """The name of a resource, by its fullUrl, otherwise by its Type/id."""
        address = self._address(full_url)
        if address is None:
            return f"{self.source}:{type_id}" if self.source else type_id
        return address if named_as(address)[0] == type_id.partition("/")[0] else f"{address}/{type_id}"

    def name_meant(self, row: Row, text: str) -> str | None:
        """The name of what a reference in a row means; None if it names nothing that we could know."""
        if address := self._address(text):
            return address
        plain = pointer(text)
        if plain is None or local_id(plain) is None:
            return plain
        return self.name(_sibling_url(row, plain), plain)

    def _address(self, url: str | None) -> str | None:
        """An absolute address as a name: without its scheme; plain where it is one of our own."""
        bare = _without_scheme(url)
        for own in filter(None, map(_without_scheme, self.own if bare else ())):
            rest = (bare or "").removeprefix(f"{own}/")
            if rest != bare and local_id(rest):
                return rest
            if exported := EXPORTED.fullmatch(rest):
                return f"{unquote(exported[1])}:{exported[2]}"
        return bare


def full_url(name: str | None, type_id: str, base: str) -> str:
    """The address that an export gives a resource of that name, by which it comes back to the same record; `name`: None
    where it is plain. `base`: where what we export lies."""
    source = (name or "").removesuffix(type_id)
    if source.endswith(":"):
        return f"{base}/source/{quote(source[:-1], safe='')}/{type_id}"
    return f"https://{name}" if name else f"{base}/{type_id}"


def find_bundle_entry(row: Row, text: str) -> Named | None:
    """The entry of the row's own Bundle that a reference in the row means; None if it means none of them."""
    plain = pointer(text) or ""
    entry = row.around.get(text) or row.around.get(plain)
    return entry or (row.around.get(_sibling_url(row, plain) or "") if plain else None)


def _sibling_url(row: Row, plain: str) -> str | None:
    """The fullUrl of `Type/id` beside the row's resource, on the same server; None if the row names no server."""
    own = f"/{row.data.get('resourceType')}/{row.data.get('id')}"
    url = (row.full_url or "").partition(HISTORY)[0]
    return f"{url.removesuffix(own)}/{plain}" if url.endswith(own) and _without_scheme(url) else None


def _without_scheme(url: str | None) -> str | None:
    """An absolute http address without scheme, password, version and fragment; None if it is no such address."""
    try:
        parts = urlsplit(url or "")
        if parts.scheme not in SCHEMES or not parts.hostname:
            return None
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return f"{parts.netloc.rpartition('@')[2].lower()}{parts.path}".partition(HISTORY)[0].rstrip("/")
