"""Record types of third parties: the entry-point group `fhirdesk.converters` (docs/converters.md). A broken one is
named in a message and left out; it never stops the program."""

import functools
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from fhirdesk.converters.context import Converter, converter_of
from fhirdesk.core.errors import FhirDeskError, InvalidRecord
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import RecordType

GROUP = "fhirdesk.converters"


def load(taken: Mapping[str, Converter]) -> tuple[list[Converter], list[Reason]]:
    """The converters that are installed beside ours, and what is wrong with those that cannot be used."""
    found: dict[str, Converter] = {}
    problems = []
    for point in entry_points(group=GROUP):
        try:
            made = _guarded(converter_of(point.load()))
            _check(made.record_type, {**taken, **found})
            found[made.record_type.name] = made
        except Exception as error:  # noqa: BLE001 - code of others, of which we know nothing
            problems.append(_problem(point, error))
    return list(found.values()), problems


def _problem(point: EntryPoint, error: Exception) -> Reason:
    package = point.dist.name if point.dist else point.value
    what = str(error) if isinstance(error, BadPlugin) else type(error).__name__
    return Reason("plugin_broken", {"name": point.name, "package": package, "error": what})


class BadPlugin(Exception):
    """A plug-in that is not as docs/converters.md says."""


def _check(kind: RecordType, taken: Mapping[str, Converter]) -> None:
    """What later steps rely on."""
    if kind.name in taken:
        raise BadPlugin(f"there is a record type {kind.name} already")
    key = kind.field(kind.key_field)
    if key is None or not key.required:
        raise BadPlugin(f"its key {kind.key_field} is no required field")
    if not kind.resource_types:
        raise BadPlugin("it names no FHIR type")
    for field in kind.references:
        unknown = [t for t in field.refers_to if t not in taken and t != kind.name]
        if unknown:
            raise BadPlugin(f"{field.name} refers to {unknown[0]}, which is no record type")


def _guarded(made: Converter) -> Converter:
    """Its functions, made safe: whatever one raises becomes a refused record."""
    name = made.record_type.name
    return Converter(
        made.record_type,
        _safe(made.resource_type, name),
        _safe(made.to_resource, name),
        _safe(made.to_fields, name),
        _safe(made.check, name),
        _safe(made.ready, name),
        made.owned,
        outdated=_safe(made.outdated, name),
    )


def _safe(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(*args: Any) -> Any:
        try:
            return function(*args)
        except FhirDeskError:
            raise
        except Exception as error:
            raise InvalidRecord("plugin_failed", type=name, error=type(error).__name__) from error

    return guarded
