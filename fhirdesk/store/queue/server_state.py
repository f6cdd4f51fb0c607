"""What is known of the server beside its entries: a pause that needs a person, what was learned, what it takes."""

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
    """One row a profile; it survives a restart."""

    def save_pause(self, conn: Connection, reason: Reason | None) -> None:
        """Remember a pause that needs a person; None ends it."""
        params = json.dumps(dict(reason.params)).decode() if reason else None
        self._put(conn, {"paused": reason.code if reason else None, "paused_params": params})

    def read_pause(self, conn: Connection) -> Reason | None:
        """The pause that stands."""
        row = conn.execute(select(server_state).where(S.profile == self.profile)).one_or_none()
        if row is None or row.paused is None:
            return None
        return Reason(row.paused, json.loads(row.paused_params or "{}"))

    def save_limits(self, conn: Connection, learned: Mapping[str, Any]) -> None:
        """Remember how much the server takes at once, and what it does not take."""
        self._put(conn, {"learned": json.dumps(dict(learned)).decode()})

    def read_limits(self, conn: Connection) -> dict[str, Any]:
        """What was remembered."""
        found = conn.execute(select(S.learned).where(S.profile == self.profile)).scalar()
        return dict(json.loads(found)) if found else {}

    def save_address(self, conn: Connection, address: str) -> None:
        """Remember where the server is whose ids are known."""
        self._put(conn, {"address": address})

    def read_address(self, conn: Connection) -> str | None:
        """Where it was."""
        found: str | None = conn.execute(select(S.address).where(S.profile == self.profile)).scalar()
        return found

    def release_taken_types(self, conn: Connection, resource_types: Sequence[str]) -> int:
        """The server says that it takes these types now: what was held for that may go. Returns how many."""
        return conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status == Status.HELD.value, Q.reason.in_(NOT_TAKEN))
            .where(Q.resource_type.in_(list(resource_types)))
            .values(status=Status.PENDING.value, **reason_columns(None))
        ).rowcount

    def _put(self, conn: Connection, values: Mapping[str, str | None]) -> None:
        row = insert(server_state).values({"profile": self.profile, **values})
        conn.execute(row.on_conflict_do_update(index_elements=[S.profile], set_=dict(values)))
