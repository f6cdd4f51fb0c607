"""Schemas of single values: primitives, code lists, coded concepts, references."""

from typing import Any

from fhirdesk.r4 import formats

Schema = dict[str, Any]


def primitives() -> dict[str, Schema]:
    """Returns R4's primitive types, and the narrower forms that some elements have."""
    schemas: dict[str, Schema] = {}
    for name, pattern in formats.PATTERNS.items():
        schemas[name] = {"type": "string", "pattern": pattern, "words": f"r4_{name}"}
    for name in ("string", "markdown"):
        schemas[name] |= {"maxLength": formats.MAX_TEXT}
    for name in ("uri", "url", "canonical"):
        schemas[name]["anyOf"] = [{"not": {"pattern": formats.URN}}, {"pattern": formats.GOOD_URN}]
    for name, least in formats.WHOLE.items():
        schemas[name] = {"type": "integer", "minimum": least, "maximum": formats.MAX_WHOLE, "words": f"r4_{name}"}
    schemas["boolean"] = {"type": "boolean", "words": "r4_boolean"}
    schemas["decimal"] = {"type": "number", "words": "r4_decimal"}
    schemas["positive"] = schemas["decimal"] | {"minimum": 0, "exclusiveMinimum": True, "words": "r4_positive"}
    schemas["notNegative"] = schemas["decimal"] | {"minimum": 0, "words": "r4_notNegative"}
    schemas["ucum"] = {"type": "string", "enum": [formats.UCUM], "words": "r4_ucum"}
    schemas["one"] = code_list(["1"])
    schemas["whole"] = schemas["decimal"] | {"multipleOf": 1, "words": "r4_integer"}
    schemas["Any"] = {"type": "object", "required": ["resourceType"], "words": "r4_resource"}
    return schemas


def nullable(schema: Schema) -> Schema:
    """Returns the schema for items of a list of primitives, which may be null."""
    added = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | added


def code_list(codes: list[str]) -> Schema:
    """Returns the schema of a code from a required list."""
    return {"type": "string", "enum": codes, "words": "r4_codes"}


def concept(system: str, codes: str) -> Schema:
    """Returns the schema of a CodeableConcept with a required list: at least one coding is from it."""
    known = {"system": {"enum": [system]}, "code": {"enum": codes.split()}}
    coding = {"required": ["system", "code"], "properties": known}
    rule: Schema = {
        "properties": {"coding": {"not": {"items": {"not": coding}}}},
        "dependencies": {"text": ["coding"]},
    }
    explanation = {"words": "r4_concept", "codes": codes, "system": system}
    return {"allOf": [{"$ref": "#/definitions/CodeableConcept"}, rule | explanation]}


def other_url(types: list[str]) -> Schema:
    """Returns the schema of an absolute URI that names no resource type at its end."""
    return {"pattern": formats.ABSOLUTE, "not": {"pattern": rf"/(?:{'|'.join(types)}){formats.TAIL}$"}}


def reference(targets: tuple[str, ...], types: list[str]) -> Schema:
    """Returns the schema of a Reference to one of the targets; () allows any resource."""
    allowed = targets or types
    names = "|".join(allowed)
    relative = rf"(?:{names})(?:{formats.TAIL}|\?.*)"
    url = rf"{formats.SCHEME}.*/(?:{names}){formats.TAIL}"
    known = {"pattern": rf"^(?:#.*|urn:.*|{relative}|{url})$"}
    rule: Schema = {
        "properties": {
            "reference": {"anyOf": [known, {"$ref": "#/definitions/other_url"}]},
            "type": {"anyOf": [{"enum": list(allowed)}, {"pattern": formats.ABSOLUTE}]},
        },
        "words": "r4_target",
    }
    explanation = {"targets": ", ".join(targets)} if targets else {}
    return {"allOf": [{"$ref": "#/definitions/Reference"}, rule | explanation]}
