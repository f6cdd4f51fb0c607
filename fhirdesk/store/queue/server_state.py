"""The state of a server that survives a restart: a pause that only the user ends, its limits, its address."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.queue_entry import Reason
from fhirdesk.r4 import json
from fhirdesk.store.repository import Repository
from fhirdesk.store.schema.tables import server_state

S = server_state.c


class ServerState(Repository):
    """Reads and writes the server's row; there is one for each profile."""

    def save_pause(self, reason: Reason | None) -> None:
        """Save a pause that only the user can end; None ends it."""
        params = json.dumps(dict(reason.params)).decode() if reason else None
        self._put({"paused": reason.code if reason else None, "paused_params": params})

    def read_pause(self) -> Reason | None:
        """Return why the server is paused; None when it is not."""
        row = self._conn.execute(select(server_state).where(S.profile == self._profile)).one_or_none()
        if row is None or row.paused is None:
            return None
        return Reason(row.paused, json.loads(row.paused_params or "{}"))

    def save_limits(self, learned: Mapping[str, Any]) -> None:
        """Save the limits of the server: how much it takes at once, and what it does not take."""
        self._put({"learned": json.dumps(dict(learned)).decode()})

    def read_limits(self) -> dict[str, Any]:
        """Return the saved limits; empty when there are none."""
        limits = self._conn.execute(select(S.learned).where(S.profile == self._profile)).scalar()
        return dict(json.loads(limits)) if limits else {}

    def save_address(self, address: str) -> None:
        """Save the address of the server to which the id map belongs."""
        self._put({"address": address})

    def read_address(self) -> str | None:
        """Return the address of the server to which the id map belongs; None when it is not known."""
        address: str | None = self._conn.execute(select(S.address).where(S.profile == self._profile)).scalar()
        return address

    def _put(self, values: Mapping[str, str | None]) -> None:
        row = insert(server_state).values({"profile": self._profile, **values})
        self._conn.execute(row.on_conflict_do_update(index_elements=[S.profile], set_=dict(values)))
