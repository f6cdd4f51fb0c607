"""What is known of one server beside what it declares: its vendor's habits, and what was learned and is kept."""

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
    """The numbers themselves."""

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
    """Halved at once, grown step by step up to what the profile allows; written down when it matters."""

    def __init__(self, store: Store, profile: Profile):
        self._store, self._profile = store, profile
        self.habits = habits(profile.vendor)
        self._declared: Capabilities | None = None
        self.limits = self._most()
        with store.snapshot() as conn:
            self._load(store.queue.read_limits(conn))

    def _most(self) -> Limits:
        return Limits(self._profile.bundle_entries, self._profile.bundle_bytes, gzip=self._profile.gzip)

    def _load(self, kept: Mapping[str, Any]) -> None:
        """Never above what the profile allows now."""
        most = self._most()
        entries, size = int(kept.get("entries", most.entries)), int(kept.get("bytes", most.bytes))
        self.limits = Limits(
            max(1, min(most.entries, entries)),
            max(1, min(most.bytes, size)),
            bool(kept.get("bundles", True)),
            most.gzip and bool(kept.get("gzip", True)),
            _kinds(kept, "unversioned"),
            _kinds(kept, "still"),
            _kinds(kept, "finds"),
            bool(kept.get("many", True)),
            bool(kept.get("together", True)),
        )

    def met(self, server: Capabilities) -> Capabilities:
        """The server said what it is: what it can do, as its vendor's servers really do it."""
        if not self.habits.conditional_creates:
            server = replace(server, conditional_create=frozenset())
        if not self.habits.versions:
            server = replace(server, versioned=frozenset())
        self._declared = server
        return server

    # -- what it does with one resource

    def moves_versions(self, resource_type: str) -> bool:
        """Whether the version of a resource says that it changed (rule 7)."""
        declared = self._declared is None or resource_type in self._declared.versioned
        return self.habits.versions and declared and resource_type not in self.limits.still

    def stood_still(self, resource_type: str) -> None:
        """Other content under the same version: this server has no versions."""
        self._enter(self.limits.still, resource_type)

    def brings_back(self, resource_type: str) -> bool:
        """Whether an update may bring back what was deleted there."""
        software = self._declared.software if self._declared else ""
        return revives(self._profile.vendor, software) or not self.moves_versions(resource_type)

    def found_by_number(self, resource_type: str) -> None:
        """A search by identifier works there."""
        self._enter(self.limits.finds, resource_type)

    def finds(self, resource_type: str) -> bool:
        """Whether a search by identifier has found something there: only then an empty one means that it is absent."""
        return resource_type in self.limits.finds

    def _enter(self, kinds: list[str], resource_type: str) -> None:
        if resource_type not in kinds:
            kinds.append(resource_type)
            self._keep()

    def not_many(self) -> None:
        """A search for several ids does not find what is there."""
        self.limits.many = False
        self._keep()

    @property
    def creates_together(self) -> bool:
        """Whether several creates may be under way at once."""
        return self.habits.creates_together and self.limits.together

    def creates_collide(self) -> None:
        """Of creates at once one was answered 500: one at a time from now on."""
        if self.limits.together:
            self.limits.together = False
            self._keep()

    # -- how much it takes

    def record_timeout(self, entries: int) -> None:
        """A Bundle had no whole answer in time: half as many go next time."""
        self.limits.entries = max(1, min(self.limits.entries, entries // 2))
        self._keep()

    def record_too_large(self, size: int) -> None:
        """A Bundle was refused for its size."""
        self.limits.bytes = max(1, min(self.limits.bytes, size // 2))
        self._keep()

    def disable_bundles(self) -> None:
        """The server does not take Bundles, whatever it says."""
        self.limits.bundles = False
        self._keep()

    def disable_gzip(self) -> None:
        """The server does not read compressed bodies."""
        if self.limits.gzip:
            self.limits.gzip = False
            self._keep()

    def versions(self, resource_type: str, *, shown: bool) -> None:
        """Whether a change of that type could be guarded by its version (rule 7)."""
        known, shown = self.limits.unversioned, shown and self.moves_versions(resource_type)
        if shown is (resource_type in known):
            self.limits.unversioned = sorted({*known} ^ {resource_type})
            self._keep()

    def record_bundle(self, entries: int) -> None:
        """So many were answered together: as many as may go allow more next time, also from one on."""
        before, most = self.limits.entries, self._most()
        if entries >= before:
            self.limits.entries = min(most.entries, max(before, 2 * entries))
        if entries > 1:
            self.limits.bytes = min(most.bytes, self.limits.bytes + self.limits.bytes // GROWS_BY)
        if before < self.limits.entries == most.entries:
            self._keep()

    def _keep(self) -> None:
        """What the disk does not take now stays in memory, and is kept with what is learned next."""
        with suppress(StoreError), self._store.transaction() as tx:
            self._store.queue.save_limits(tx.conn, asdict(self.limits))


def _kinds(kept: Mapping[str, Any], name: str) -> list[str]:
    return [str(kind) for kind in kept.get(name, ())]
