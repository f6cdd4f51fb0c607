"""R4 as one JSON Schema (`build` writes it), compiled once for each resource type that is used."""

import gzip
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from jsonschema_rs import Draft4Validator, ValidationError

Schema = dict[str, Any]
PREFIX = "#/definitions/"


@cache
def _file() -> dict[str, Any]:
    """Returns the whole file. It is Draft 4, in which 1.0 is no integer."""
    packed = files("fhirdesk.r4").joinpath("schema.json.gz").read_bytes()
    loaded: dict[str, Any] = msgspec.json.decode(gzip.decompress(packed))
    return loaded


@cache
def resource_types() -> frozenset[str]:
    """Returns the names of R4's resource types."""
    return frozenset(_file()["types"])


def other_versions() -> dict[str, Any]:
    """Returns the marks by which resources of other FHIR versions are recognised."""
    marks: dict[str, Any] = _file()["versions"]
    return marks


def definition(name: str) -> Schema:
    """Returns the schema of a type or of a part of one."""
    schema: Schema = _file()["definitions"][name]
    return schema


@cache
def validator(resource_type: str) -> Draft4Validator:
    """Returns the compiled schema of a resource type."""
    names, known_names = [resource_type], {resource_type}
    for name in names:
        new = set(refs(definition(name))) - known_names
        known_names |= new
        names.extend(sorted(new))
    schema = {"$ref": PREFIX + resource_type, "definitions": {name: definition(name) for name in names}}
    return Draft4Validator(schema)


def refs(node: Any) -> Iterator[str]:
    """Yields the names of the definitions that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(PREFIX)
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def find_explanation(error: ValidationError) -> Schema:
    """Returns the innermost schema with `words` on the way to an error, else the schema that failed."""
    node: Any = _file()
    explaining: Schema = {}
    for step in error.schema_path[:-1]:
        node = node[step]
        if isinstance(node, dict) and ("words" in node or not explaining.get("words")):
            explaining = node
    return explaining
