"""What was learned of one server and is kept for the next start: how much it takes at once, and what it does not."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fhirdesk.settings import Profile
from fhirdesk.store.store import Store

GROWS_BY = 8  # a share of what it took


@dataclass(slots=True)
class Limits:
    """The numbers themselves."""

    entries: int  # in one Bundle
    bytes: int  # of one Bundle
    bundles: bool = True  # it takes Bundles at all
    gzip: bool = True  # it takes a compressed body
    unversioned: list[str] = field(default_factory=list)  # resource types of which it shows no versions


class Learned:
    """Halved at once, grown step by step up to what the profile allows; written down when it matters."""

    def __init__(self, store: Store, profile: Profile):
        self._store, self._profile = store, profile
        self.limits = self._most()
        with store.reading() as conn:
            self._load(store.queue.learned(conn))

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
            [str(kind) for kind in kept.get("unversioned", ())],
        )

    def lost(self, entries: int) -> None:
        """A Bundle had no whole answer in time: half as many go next time."""
        self.limits.entries = max(1, min(self.limits.entries, entries // 2))
        self._keep()

    def too_large(self, size: int) -> None:
        """A Bundle was refused for its size."""
        self.limits.bytes = max(1, min(self.limits.bytes, size // 2))
        self._keep()

    def no_bundles(self) -> None:
        """The server does not take Bundles, whatever it says."""
        self.limits.bundles = False
        self._keep()

    def plain_only(self) -> None:
        """The server does not read compressed bodies."""
        if self.limits.gzip:
            self.limits.gzip = False
            self._keep()

    def versions(self, resource_type: str, *, shown: bool) -> None:
        """Whether a change of that type could be guarded by its version (rule 7)."""
        known = self.limits.unversioned
        if shown is (resource_type in known):
            self.limits.unversioned = sorted({*known} ^ {resource_type})
            self._keep()

    def took(self, entries: int) -> None:
        """So many were answered together: as many as may go allow more next time, also from one on."""
        before, most = self.limits.entries, self._most()
        if entries >= before:
            self.limits.entries = min(most.entries, max(before, 2 * entries))
        if entries > 1:
            self.limits.bytes = min(most.bytes, self.limits.bytes + self.limits.bytes // GROWS_BY)
        if before < self.limits.entries == most.entries:
            self._keep()

    def _keep(self) -> None:
        with self._store.writing() as tx:
            self._store.queue.learn(tx.conn, asdict(self.limits))
