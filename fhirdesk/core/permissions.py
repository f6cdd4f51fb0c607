"""Who may do what: roles, users, and the one question asked before an edit."""

from dataclasses import dataclass
from enum import StrEnum

from fhirdesk.core.errors import Forbidden

LOCAL = "local"  # the actor of every action until users sign in: whoever sits at this computer


class Role(StrEnum):
    """What a user may do: admin and staff edit everybody, a patient only their own record."""

    ADMIN = "admin"
    STAFF = "staff"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class User:
    """Who sits at the workstation."""

    name: str = LOCAL
    role: Role = Role.STAFF
    patient_key: str | None = None  # the own record of a user with the patient role


def check_may_edit(user: User, patient_key: str) -> None:
    """Raise Forbidden unless `user` may edit that patient."""
    if user.role is Role.PATIENT and user.patient_key != patient_key:
        raise Forbidden("forbidden_edit")
