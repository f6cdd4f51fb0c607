"""What servers of one vendor do that no CapabilityStatement says: a table, one row a vendor (docs/servers.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

GENERIC = "generic"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
OPENEMR_READS = (  # it refuses a scope as a whole that names what it has no route for
    "Patient", "Encounter", "Observation", "DiagnosticReport", "MedicationRequest", "Condition", "Procedure",
    "AllergyIntolerance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of a vendor before its server is met. What the program learns of one server comes on top."""

    number_types: tuple[str, ...] = ("MR",)  # v2-0203 codes that a patient's number of ours carries
    number_system: str | None = None  # it replaces the system of that number by this one; the value stays
    own_numbers: bool = False  # whom nobody gave a number has one of the server's own, of digits
    address_text: bool = True  # it takes an address with a text
    never_sent: frozenset[str] = frozenset()  # elements that it fails on or never keeps
    only_ours: bool = False  # its PUT merges: elements that are not of our mapping are left to it
    conditional_creates: bool = True  # it heeds If-None-Exist, where it declares that
    versions: bool = True  # its version ids move
    revives: bool = False  # a PUT with a stale If-Match brings back what was deleted
    creates_together: bool = True  # several creates may be under way at once
    scope: str = "system/*.read system/*.write"  # that a client with a key asks for


HABITS: Mapping[str, Habits] = {
    GENERIC: Habits(),
    "hapi": Habits(),
    "medplum": Habits(revives=True),
    "openemr": Habits(
        number_types=("MR", "PT"),  # PT is the only one that it stores
        number_system=V2_0203,
        own_numbers=True,
        never_sent=frozenset(
            {"extension", "meta", "text", "communication", "name.text", "address.text", "address.country"}
            | {"address.period"}
        ),
        only_ours=True,
        conditional_creates=False,
        versions=False,
        revives=True,
        creates_together=False,
        scope=" ".join((*(f"system/{type_}.read" for type_ in OPENEMR_READS), "system/Patient.write")),
    ),
    "epic": Habits(),
    "cerner": Habits(address_text=False),
}


def habits(vendor: str) -> Habits:
    """The row of a vendor; of one that is not in the table the generic one."""
    return HABITS.get(vendor, HABITS[GENERIC])


def revives(vendor: str, software: str) -> bool:
    """Whether what was deleted may come back by an update: said of the vendor, or of what the server calls itself. The
    name alone makes us look once more, never less."""
    named = (row for name, row in HABITS.items() if name in software.lower())
    return habits(vendor).revives or any(row.revives for row in named)
