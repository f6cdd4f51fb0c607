"""Compares versions of a resource: which is the newest (https://hl7.org/fhir/R4/http.html#history)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')


@dataclass(frozen=True, slots=True)
class Version:
    """The number and the time of one version of a resource, as far as they are known."""

    number: int | None = None
    made: datetime | None = None

    def is_older(self, other: "Version") -> bool | None:
        """Whether the version came before the other one; None if that cannot be told."""
        if self.number is not None and other.number is not None and self.number != other.number:
            return self.number < other.number
        if self.made is not None and other.made is not None and self.made != other.made:
            return self.made < other.made
        return None


def version_of(resource: Mapping[str, Any]) -> Version:
    """Returns the version that the resource's `meta` names."""
    meta = resource.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    return version(meta.get("versionId"), meta.get("lastUpdated"))


def version(number: Any, time: Any) -> Version:
    """Returns the version of a versionId or an ETag, and a time."""
    etag = _ETAG.fullmatch(number) if isinstance(number, str) else None
    digits = etag[1] if etag and etag[1].isascii() and etag[1].isdigit() and len(etag[1]) < 20 else None
    return Version(int(digits) if digits else None, _time(time))


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
