"""What the resources of one source are called here: their keys, and what the references in them mean (docs/records.md).

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
        """What a resource is called, by its fullUrl, else by its Type/id."""
        address = self._address(full_url)
        if address is None:
            return f"{self.source}:{type_id}" if self.source else type_id
        return address if named_as(address)[0] == type_id.partition("/")[0] else f"{address}/{type_id}"

    def meant(self, row: Row, text: str) -> str | None:
        """The name of what a reference in a row means; None: something that we do not know by name."""
        if address := self._address(text):
            return address
        plain = pointer(text)
        if plain is None or local_id(plain) is None:
            return plain
        return self.name(_beside(row, plain), plain)

    def _address(self, url: str | None) -> str | None:
        """An absolute address as a name: without its scheme; plain where it is one of our own."""
        bare = _bare(url)
        for own in filter(None, map(_bare, self.own if bare else ())):
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


def entry_in(row: Row, text: str) -> Named | None:
    """The entry of its own Bundle that a reference in a row means."""
    plain = pointer(text) or ""
    entry = row.around.get(text) or row.around.get(plain)
    return entry or (row.around.get(_beside(row, plain) or "") if plain else None)


def _beside(row: Row, plain: str) -> str | None:
    """The fullUrl of what `Type/id` means in a row: it lies on the server that the row lies on."""
    own = f"/{row.data.get('resourceType')}/{row.data.get('id')}"
    url = (row.full_url or "").partition(HISTORY)[0]
    return f"{url.removesuffix(own)}/{plain}" if url.endswith(own) and _bare(url) else None


def _bare(url: str | None) -> str | None:
    """An absolute http address without its scheme, a password in it, and what says of it a version or a part."""
    try:
        parts = urlsplit(url or "")
        if parts.scheme not in SCHEMES or not parts.hostname:
            return None
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return f"{parts.netloc.rpartition('@')[2].lower()}{parts.path}".partition(HISTORY)[0].rstrip("/")
