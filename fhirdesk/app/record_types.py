"""The record types by name: which there are, and why one cannot be used."""

from fhirdesk.converters import registry
from fhirdesk.core.queue_entry import Reason


def plugin_problems() -> tuple[Reason, ...]:
    """Load the record types that others installed, once. Returns why some of them cannot be used."""
    return registry.plugin_problems()


def problem_with(type_: str, *, in_rows: bool = False) -> Reason | None:
    """Why there is no record type of that name; None where there is one. `in_rows`: one that rows of a file can have,
    which leaves out what comes from FHIR alone."""
    known = registry.row_types() if in_rows else registry.record_types()
    return None if type_ in known else Reason("no_such_type", registry.unknown_type(type_))
