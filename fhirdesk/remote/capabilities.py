"""What a server says it is and can do (https://hl7.org/fhir/R4/capabilitystatement.html), and which FHIR it speaks."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.core.errors import ServerError
from fhirdesk.core.exchange import Capabilities

STATEMENTS = ("CapabilityStatement", "Conformance")  # Conformance: as DSTU2 called it
R4 = "R4"
VERSIONS = (
    ("0.", "DSTU1"), ("1.", "DSTU2"), ("3.", "STU3"), ("4.0", R4), ("4.1", "R4B"), ("4.3", "R4B"), ("4.", "R5"),
    ("5.", "R5"), ("6.", "R6"),
)  # fmt: skip


def version_name(version: str) -> str:
    """Return the name of a FHIR version: DSTU2 for `1.0.2`, "?" for one that is not known (https://hl7.org/fhir/directory.html)."""
    return next((name for start, name in VERSIONS if version.startswith(start)), "?")


def version_of(statement: Mapping[str, Any] | None) -> str:
    """Return the FHIR version of a statement, "?" if it names none. Raises ServerError for another document."""
    if not statement or statement.get("resourceType") not in STATEMENTS:
        raise ServerError("why_not_fhir")
    return str(statement.get("fhirVersion") or "?")


def capabilities(statement: Mapping[str, Any] | None) -> Capabilities:
    """Read a CapabilityStatement. Raises ServerError when it is none, or of another FHIR version than R4."""
    version = version_of(statement)
    if statement is None or version_name(version) != R4:
        raise ServerError("wrong_fhir_version", name=version_name(version), version=version)
    rest: Mapping[str, Any] = next((r for r in _objects(statement, "rest") if r.get("mode") == "server"), {})
    kinds = [r for r in _objects(rest, "resource") if isinstance(r.get("type"), str)]
    system = {str(i.get("code")) for i in _objects(rest, "interaction")}
    software = statement.get("software")
    return Capabilities(
        fhir_version=version,
        software=_read_text(software, "name"),
        interactions={r["type"]: frozenset(str(i.get("code")) for i in _objects(r, "interaction")) for r in kinds},
        conditional_create=frozenset(r["type"] for r in kinds if r.get("conditionalCreate") is True),
        update_create=frozenset(r["type"] for r in kinds if r.get("updateCreate") is True),
        versioned=frozenset(r["type"] for r in kinds if r.get("versioning") != "no-version"),
        batch=bool(system & {"batch", "transaction"}),
        transaction="transaction" in system,
        software_version=_read_text(software, "version"),
    )


def _read_text(node: object, name: str) -> str:
    """Return a text of an object; "" where there is none."""
    value = node.get(name) if isinstance(node, Mapping) else None
    return value if isinstance(value, str) else ""


def _objects(node: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects in a list; values of another shape are skipped."""
    items = node.get(name)
    return [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
