"""The state of a server that survives a restart: a pause that only the user ends, its limits, its address."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.r4 import json
from fhirdesk.store.queue.model import Q, Scope, reason_columns
from fhirdesk.store.schema.tables import queue_entry, server_state

S = server_state.c
NOT_TAKEN = ("why_scope", "why_unsupported", "why_no_safe_create", "why_cycle_unsupported")


class ServerState(Scope):
    """Reads and writes the server's row; there is one for each profile."""

    def save_pause(self, conn: Connection, reason: Reason | None) -> None:
        """Save a pause that only the user can end; None ends it."""
        params = json.dumps(dict(reason.params)).decode() if reason else None
        self._put(conn, {"paused": reason.code if reason else None, "paused_params": params})

    def read_pause(self, conn: Connection) -> Reason | None:
        """Return why the server is paused; None when it is not."""
        row = conn.execute(select(server_state).where(S.profile == self.profile)).one_or_none()
        if row is None or row.paused is None:
            return None
        return Reason(row.paused, json.loads(row.paused_params or "{}"))

    def save_limits(self, conn: Connection, learned: Mapping[str, Any]) -> None:
        """Save the limits of the server: how much it takes at once, and what it does not take."""
        self._put(conn, {"learned": json.dumps(dict(learned)).decode()})

    def read_limits(self, conn: Connection) -> dict[str, Any]:
        """Return the saved limits; empty when there are none."""
        limits = conn.execute(select(S.learned).where(S.profile == self.profile)).scalar()
        return dict(json.loads(limits)) if limits else {}

    def save_address(self, conn: Connection, address: str) -> None:
        """Save the address of the server to which the id map belongs."""
        self._put(conn, {"address": address})

    def read_address(self, conn: Connection) -> str | None:
        """Return the address of the server to which the id map belongs; None when it is not known."""
        address: str | None = conn.execute(select(S.address).where(S.profile == self.profile)).scalar()
        return address

    def release_taken_types(self, conn: Connection, resource_types: Sequence[str]) -> int:
        """Make the entries pending that were held because the server did not take their types, since it takes these
        types now; returns how many."""
        return conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status == Status.HELD.value, Q.reason.in_(NOT_TAKEN))
            .where(Q.resource_type.in_(list(resource_types)))
            .values(status=Status.PENDING.value, **reason_columns(None))
        ).rowcount

    def _put(self, conn: Connection, values: Mapping[str, str | None]) -> None:
        row = insert(server_state).values({"profile": self.profile, **values})
        conn.execute(row.on_conflict_do_update(index_elements=[S.profile], set_=dict(values)))
