"""Which of several versions of one resource is the newest (https://hl7.org/fhir/R4/http.html#history)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')


@dataclass(frozen=True, slots=True)
class Version:
    """What a version says of itself: its number, and when it was made."""

    number: int | None = None
    made: datetime | None = None

    def is_older(self, other: "Version") -> bool | None:
        """Whether it came before another one; None: they do not say."""
        if self.number is not None and other.number is not None and self.number != other.number:
            return self.number < other.number
        if self.made is not None and other.made is not None and self.made != other.made:
            return self.made < other.made
        return None


def version_of(resource: Mapping[str, Any]) -> Version:
    """As `meta` says it."""
    meta = resource.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    return version(meta.get("versionId"), meta.get("lastUpdated"))


def version(number: Any, made: Any) -> Version:
    """From a versionId or an ETag, and a time."""
    said = _ETAG.fullmatch(number) if isinstance(number, str) else None
    digits = said[1] if said and said[1].isascii() and said[1].isdigit() and len(said[1]) < 20 else None
    return Version(int(digits) if digits else None, _time(made))


def _time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
