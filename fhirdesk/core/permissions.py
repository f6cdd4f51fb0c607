"""Who may do what: roles, actors, and the question that is asked before an edit."""

from dataclasses import dataclass
from enum import StrEnum

from fhirdesk.core.errors import Forbidden

LOCAL = "local"  # the actor of every action until users sign in: whoever sits at this computer


class Role(StrEnum):
    """What an actor may do: admin and staff edit everybody, a patient only their own record."""

    ADMIN = "admin"
    STAFF = "staff"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, as the audit names them."""

    name: str = LOCAL
    role: Role = Role.STAFF
    patient_key: str | None = None  # the own record of an actor with the patient role


def check_may_edit(actor: Actor, patient_key: str) -> None:
    """Raises Forbidden unless the actor may edit that patient."""
    if actor.role is Role.PATIENT and actor.patient_key != patient_key:
        raise Forbidden("forbidden_edit")
