"""Record types of third parties, from the entry-point group `fhirdesk.converters` (docs/converters.md). A plug-in that
cannot be used is named in a message and left out; it never stops the program."""

import functools
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from fhirdesk.converters.context import Converter, converter_of
from fhirdesk.converters.moved_names import find_moved_name
from fhirdesk.core.errors import FhirDeskError, InvalidRecord
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import RecordType

GROUP = "fhirdesk.converters"


class BadPlugin(Exception):
    """The plug-in breaks a rule of docs/converters.md; the text says which."""


class _Raised(Exception):
    """The code of a plug-in raised `error`."""

    def __init__(self, error: Exception):
        super().__init__()
        self.error = error


def load(existing: Mapping[str, Converter]) -> tuple[list[Converter], list[Reason]]:
    """Returns the converters of the installed plug-ins, and a problem for each plug-in that cannot be used. `existing`:
    the converters that are registered already, by record type."""
    loaded: dict[str, Converter] = {}
    problems = []
    for point in entry_points(group=GROUP):
        try:
            converter = _call(_load_converter, point, {**existing, **loaded})
            loaded[converter.record_type.name] = converter
        except _Raised as raised:
            problems.append(_problem(point, raised.error))
    return list(loaded.values()), problems


def _load_converter(point: EntryPoint, existing: Mapping[str, Converter]) -> Converter:
    """Imports a plug-in and returns its converter. Raises BadPlugin, or whatever the plug-in raises."""
    converter = converter_of(point.load())
    _check_record_type(converter.record_type, existing)
    return _protect(converter)


def _problem(point: EntryPoint, error: Exception) -> Reason:
    package = point.dist.name if point.dist else point.value
    moved = find_moved_name(error)
    if moved:
        return Reason("plugin_moved", {"name": point.name, "package": package, "old": moved[0], "new": moved[1]})
    what = str(error) if isinstance(error, BadPlugin) else type(error).__name__
    return Reason("plugin_broken", {"name": point.name, "package": package, "error": what})


def _check_record_type(kind: RecordType, existing: Mapping[str, Converter]) -> None:
    """Refuses a record type that the rest of the program could not work with. Raises BadPlugin."""
    if kind.name in existing:
        raise BadPlugin(f"there is a record type {kind.name} already")
    key = kind.field(kind.key_field)
    if key is None or not key.required:
        raise BadPlugin(f"its key {kind.key_field} is no required field")
    if not kind.resource_types:
        raise BadPlugin("it names no FHIR type")
    for field in kind.references:
        unknown = [t for t in field.refers_to if t not in existing and t != kind.name]
        if unknown:
            raise BadPlugin(f"{field.name} refers to {unknown[0]}, which is no record type")


def _protect(converter: Converter) -> Converter:
    """Returns the converter with functions that refuse the record (InvalidRecord), whatever the plug-in's raise."""
    name = converter.record_type.name
    return Converter(
        converter.record_type,
        _protect_function(converter.resource_type, name),
        _protect_function(converter.to_resource, name),
        _protect_function(converter.to_fields, name),
        _protect_function(converter.check, name),
        _protect_function(converter.ready, name),
        converter.owned,
        outdated=_protect_function(converter.outdated, name),
    )


def _protect_function(function: Callable[..., Any], type_: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def protected(*args: Any) -> Any:
        try:
            return _call(function, *args)
        except _Raised as raised:
            if isinstance(raised.error, FhirDeskError):
                raise raised.error from None
            raise InvalidRecord("plugin_failed", type=type_, error=type(raised.error).__name__) from raised.error

    return protected


def _call(function: Callable[..., Any], *args: Any) -> Any:
    """Calls code of a plug-in and returns what it returns. Raises _Raised, whatever it raises."""
    try:
        return function(*args)
    except Exception as error:
        raise _Raised(error) from error
