"""What one server really takes, beside what it declares: its vendor's habits, and limits learned from its answers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from fhirdesk.core.errors import StoreError
from fhirdesk.core.exchange import Capabilities
from fhirdesk.core.settings import Profile
from fhirdesk.core.vendors import habits, revives
from fhirdesk.store.store import Store

GROWS_BY = 8  # a share of what it took


@dataclass(slots=True)
class Limits:
    """What was learned, as it is stored; the names are keys of its JSON."""

    entries: int  # in one Bundle
    bytes: int  # of one Bundle
    bundles: bool = True  # it takes Bundles at all
    gzip: bool = True  # it takes a compressed body
    unversioned: list[str] = field(default_factory=list)  # resource types of which no version guards a change
    still: list[str] = field(default_factory=list)  # resource types whose version did not move after a write
    finds: list[str] = field(default_factory=list)  # resource types of which a search by identifier found one
    many: bool = True  # a search for several ids finds them
    together: bool = True  # several creates may be under way at once


class ServerLimits:
    """Learns limits from answers: halves them at once, lets them grow step by step up to what the profile allows, and
    stores them when they matter."""

    def __init__(self, store: Store, profile: Profile):
        self._store, self._profile = store, profile
        self.habits = habits(profile.vendor)
        self._declared: Capabilities | None = None
        self.limits = self._allowed()
        with store.snapshot() as view:
            self._load(view.server_state.read_limits())

    def _allowed(self) -> Limits:
        return Limits(self._profile.bundle_entries, self._profile.bundle_bytes, gzip=self._profile.gzip)

    def _load(self, stored: Mapping[str, Any]) -> None:
        """Take over what was stored, never above what the profile allows now."""
        allowed = self._allowed()
        entries, size = int(stored.get("entries", allowed.entries)), int(stored.get("bytes", allowed.bytes))
        self.limits = Limits(
            max(1, min(allowed.entries, entries)),
            max(1, min(allowed.bytes, size)),
            bool(stored.get("bundles", True)),
            allowed.gzip and bool(stored.get("gzip", True)),
            _read_types(stored, "unversioned"),
            _read_types(stored, "still"),
            _read_types(stored, "finds"),
            bool(stored.get("many", True)),
            bool(stored.get("together", True)),
        )

    def apply_habits(self, server: Capabilities) -> Capabilities:
        """Keep what the server declares, and return it without what its vendor's servers do not really do."""
        if not self.habits.conditional_creates:
            server = replace(server, conditional_create=frozenset())
        if not self.habits.versions:
            server = replace(server, versioned=frozenset())
        self._declared = server
        return server

    # -- what it does with one resource

    def moves_versions(self, resource_type: str) -> bool:
        """True if a new version id on this server means that the resource changed (rule 7)."""
        declared = self._declared is None or resource_type in self._declared.versioned
        return self.habits.versions and declared and resource_type not in self.limits.still

    def record_unmoved_version(self, resource_type: str) -> None:
        """The server showed other content under the same version id: its versions say nothing of that type."""
        self._add_type(self.limits.still, resource_type)

    def may_revive(self, resource_type: str) -> bool:
        """True if an update may bring back a resource that was deleted on the server."""
        software = self._declared.software if self._declared else ""
        return revives(self._profile.vendor, software) or not self.moves_versions(resource_type)

    def record_search_hit(self, resource_type: str) -> None:
        """A search by identifier found a resource of that type: such a search works on this server."""
        self._add_type(self.limits.finds, resource_type)

    def can_search(self, resource_type: str) -> bool:
        """True if a search by identifier found one of that type before: only then does an empty result mean absence."""
        return resource_type in self.limits.finds

    def _add_type(self, types: list[str], resource_type: str) -> None:
        if resource_type not in types:
            types.append(resource_type)
            self._save()

    def disable_multi_search(self) -> None:
        """Ask for ids one by one from now on: a search for several misses resources that exist."""
        self.limits.many = False
        self._save()

    @property
    def takes_parallel_creates(self) -> bool:
        """True if several creates may be under way at once."""
        return self.habits.creates_together and self.limits.together

    def disable_parallel_creates(self) -> None:
        """Send creates one at a time from now on: the server stumbled over one of several."""
        if self.limits.together:
            self.limits.together = False
            self._save()

    # -- how much it takes

    def record_timeout(self, entries: int) -> None:
        """Halve the number of entries in a Bundle: one of so many had no whole answer in time."""
        self.limits.entries = max(1, min(self.limits.entries, entries // 2))
        self._save()

    def record_too_large(self, size: int) -> None:
        """Halve the bytes of a Bundle: one of that size was refused for it."""
        self.limits.bytes = max(1, min(self.limits.bytes, size // 2))
        self._save()

    def disable_bundles(self) -> None:
        """Send no Bundles any more: the server does not take them, whatever it declares."""
        self.limits.bundles = False
        self._save()

    def disable_gzip(self) -> None:
        """Send bodies uncompressed from now on: the server does not read compressed ones."""
        if self.limits.gzip:
            self.limits.gzip = False
            self._save()

    def record_guard(self, resource_type: str, *, guarded: bool) -> None:
        """Keep whether an update of that type could be guarded by its version (rule 7)."""
        known, guarded = self.limits.unversioned, guarded and self.moves_versions(resource_type)
        if guarded is (resource_type in known):
            self.limits.unversioned = sorted({*known} ^ {resource_type})
            self._save()

    def record_bundle(self, entries: int) -> None:
        """Let the next Bundle be larger: so many entries were answered together (one, for a single request)."""
        before, allowed = self.limits.entries, self._allowed()
        if entries >= before:
            self.limits.entries = min(allowed.entries, max(before, 2 * entries))
        if entries > 1:
            self.limits.bytes = min(allowed.bytes, self.limits.bytes + self.limits.bytes // GROWS_BY)
        if before < self.limits.entries == allowed.entries:
            self._save()

    def _save(self) -> None:
        """Store the limits; what the disk does not take now stays in memory, and is stored with the next change."""
        with suppress(StoreError), self._store.transaction() as tx:
            tx.server_state.save_limits(asdict(self.limits))


def _read_types(stored: Mapping[str, Any], name: str) -> list[str]:
    return [str(kind) for kind in stored.get(name, ())]
