"""Writes `schema.json.gz`: R4 as one strict JSON Schema, from fhir.resources' metadata and `corrections`.

`python -m fhirdesk.r4.build`, once after an update of fhir.resources; a test compares. Never imported when the program
runs. Every schema of a value carries `words`, the code of the sentence that says what was expected.
"""

import gzip
import importlib
import json
import pkgutil
import types
import typing
from pathlib import Path
from typing import Any

import fhir.resources

from fhirdesk.r4 import corrections, formats
from fhirdesk.r4.constraints import constraints
from fhirdesk.r4.other_versions import marks

FILE = Path(__file__).with_name("schema.json.gz")
Schema = dict[str, Any]
Classes = dict[str, Any]
PRIMITIVES = {"bool": "boolean", "EncodedBytes": "base64Binary", "UuidVersion": "uuid"}
ROOTS = ("DomainResource", "Resource")


def classes_of(release: str) -> Classes:
    """Every model class of a release ("R4B", "STU3", "" for R5), by name."""
    package = importlib.import_module(f"{fhir.resources.__name__}.{release}".rstrip("."))
    found: Classes = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg and not module.name.startswith("_"):
            room = importlib.import_module(f"{package.__name__}.{module.name}")
            found |= {n: c for n, c in vars(room).items() if getattr(c, "__module__", "") == room.__name__}
    return {name: c for name, c in found.items() if hasattr(c, "model_fields") and hasattr(c, "__resource_type__")}


def elements(model: Any) -> dict[str, Any]:
    """Element name → field, without what is no element."""
    found = {f.alias or name: f for name, f in model.model_fields.items() if not name.endswith("__ext")}
    return {name: f for name, f in found.items() if name not in ("fhir_comments", "resource_type")}


def type_of(annotation: Any) -> tuple[str, bool]:
    """(R4 type, whether a list) of a field."""
    many = False
    while (origin := typing.get_origin(annotation)) in (typing.Union, types.UnionType, list):
        many |= origin is list
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    kind = getattr(annotation, "__metadata__", None)
    name = type(kind[0]).__name__ if kind else annotation.__name__.removesuffix("Type")
    if kind:
        return PRIMITIVES.get(name, name[0].lower() + name[1:]), many
    return PRIMITIVES.get(name, name), many


def is_resource(model: Any) -> bool:
    """Whether a class is a resource, not a data type or a part of one."""
    return any(base.__name__ == "Resource" for base in model.__mro__)


def resource_types(classes: Classes) -> list[str]:
    """The 148 resource types of R4."""
    known = {name for name, model in classes.items() if is_resource(model)}
    return sorted((known | corrections.OPEN_TYPES) - corrections.R4B_ONLY - set(ROOTS))


def shapes(model: Any) -> dict[str, str]:
    """Element → how its JSON looks: text (any primitive), object or list."""
    found = {}
    for element, field in elements(model).items() if model else ():
        type_, many = type_of(field.annotation)
        found[element] = "list" if many else "text" if type_[0].islower() else "object"
    return found


def _has_twin(name: str, element: str, model: Any) -> bool:
    """Whether `_element` may be there: not beside the attributes of XML (Element.id, Extension.url)."""
    return (element != "id" or is_resource(model)) and (name, element) != ("Extension", "url")


class Builder:
    """Puts the definitions together."""

    def __init__(self) -> None:
        self.classes = classes_of("R4B")
        self.resource_types = resource_types(self.classes)
        self.definitions: dict[str, Schema] = {}

    def build(self) -> dict[str, Any]:
        """The whole file: definitions, resource types, and how other FHIR versions differ."""
        self._primitives()
        for name in self.resource_types:
            self._resource(name)
        return {
            "definitions": dict(sorted(self.definitions.items())),
            "types": self.resource_types,
            "versions": self._versions(),
        }

    def _versions(self) -> dict[str, Any]:
        r4 = {name: shapes(self.classes.get(name)) for name in self.resource_types}
        others = {}
        for version, release in (("STU3", "STU3"), ("R5", "")):
            models = classes_of(release)
            others[version] = {n: shapes(m) for n, m in models.items() if is_resource(m) and n not in ROOTS}
            others[version] = {n: s for n, s in others[version].items() if n not in corrections.OPEN_TYPES}
        return marks(r4, others)

    def _primitives(self) -> None:
        put = self.definitions
        for name, pattern in formats.PATTERNS.items():
            put[name] = {"type": "string", "pattern": pattern, "words": f"r4_{name}"}
        for name in ("string", "markdown"):
            put[name] |= {"maxLength": formats.MAX_TEXT}
        for name in ("uri", "url", "canonical"):
            put[name]["anyOf"] = [{"not": {"pattern": formats.URN}}, {"pattern": formats.GOOD_URN}]
        for name, least in formats.WHOLE.items():
            put[name] = {"type": "integer", "minimum": least, "maximum": formats.MAX_WHOLE, "words": f"r4_{name}"}
        put["boolean"] = {"type": "boolean", "words": "r4_boolean"}
        put["decimal"] = {"type": "number", "words": "r4_decimal"}
        put["ucum"] = {"type": "string", "enum": [formats.UCUM], "words": "r4_ucum"}
        put["positive"] = put["decimal"] | {"minimum": 0, "exclusiveMinimum": True, "words": "r4_positive"}
        put["notNegative"] = put["decimal"] | {"minimum": 0, "words": "r4_notNegative"}
        put["Any"] = {"type": "object", "required": ["resourceType"], "words": "r4_resource"}
        self._complex("Element")
        put["Twin"] = {
            k: v for k, v in put["Element"].items() if k != "dependencies"
        }  # beside a value: an id is enough
        put["Twin?"] = put["Twin"] | {"type": ["object", "null"]}

    def _resource(self, name: str) -> None:
        is_open = name in corrections.OPEN_TYPES
        self._complex(name, self.classes["DomainResource"] if is_open else self.classes[name])
        schema = self.definitions[name]
        schema["properties"]["resourceType"] = {"enum": [name]}
        schema["required"] = ["resourceType", *schema.get("required", [])]
        if is_open:
            schema["additionalProperties"] = True

    def _complex(self, name: str, model: Any = None) -> None:
        if name in self.definitions:
            return
        schema: Schema = {"type": "object", "minProperties": 1, "properties": {}, "additionalProperties": False}
        self.definitions[name] = schema
        model = model or self.classes[name]
        fields = {e: f for e, f in elements(model).items() if not self._is_gone(name, e, f)}
        for element, field in fields.items():
            self._element(schema, name, element, field, has_twin=_has_twin(name, element, model))
        choices = self._choices(fields) if name != "Extension" else {}  # ext-1 is in `rules`
        self._choose_meta(schema, model, choices)
        if not is_resource(model):
            schema["dependencies"] = {"id": {"minProperties": 2}}  # ele-1: an id alone says nothing
        if must := sorted(e for e, f in fields.items() if self._is_required(name, e, f) and not self._is_text(f)):
            schema["required"] = must
        texts = [e for e, f in fields.items() if self._is_required(name, e, f) and self._is_text(f)]
        if rules := constraints(name, texts, choices, {e for e, f in fields.items() if self._is_text(f)}):
            schema["allOf"] = rules

    def _choose_meta(self, schema: Schema, model: Any, choices: Any) -> None:
        """R4's open choice has Meta where R4B's has CodeableReference."""
        for element in elements(model):
            choice = element.removesuffix("CodeableReference")
            if element != choice:
                self._complex("Meta")
                schema["properties"][f"{choice}Meta"] = {"$ref": "#/definitions/Meta"}
                choices.get(choice, ([], False))[0].append(f"{choice}Meta")

    def _is_gone(self, name: str, element: str, field: Any) -> bool:
        is_choice = (field.json_schema_extra or {}).get("one_of_many")
        return (name, element) in corrections.GONE or bool(
            is_choice and type_of(field.annotation)[0] in corrections.CHOICES_WITHOUT
        )

    def _is_required(self, name: str, element: str, field: Any) -> bool:
        extra = field.json_schema_extra or {}
        required = extra.get("element_required") or field.is_required() or (name, element) in corrections.REQUIRED
        return bool(required)

    @staticmethod
    def _is_text(field: Any) -> bool:
        return type_of(field.annotation)[0][0].islower()

    def _choices(self, fields: dict[str, Any]) -> dict[str, tuple[list[str], bool]]:
        """Choice → (its forms, whether one is required)."""
        found: dict[str, tuple[list[str], bool]] = {}
        for element, field in fields.items():
            extra = field.json_schema_extra or {}
            if choice := extra.get("one_of_many"):
                forms, required = found.get(choice, ([], False))
                found[choice] = ([*forms, element], required or bool(extra.get("one_of_many_required")))
        return found

    def _element(self, schema: Schema, name: str, element: str, field: Any, *, has_twin: bool) -> None:
        type_, many = type_of(field.annotation)
        value = self._value(name, element, type_, field.json_schema_extra or {})
        plain = type_[0].islower()
        if many and plain and "$ref" in value:
            value = {"$ref": f"{value['$ref']}?"}
            self.definitions.setdefault(f"{type_}?", self._nullable(self.definitions[type_]))
        elif many and plain:
            value = self._nullable(value)
        properties = schema["properties"]
        properties[element] = {"type": "array", "minItems": 1, "items": value} if many else value
        if plain and has_twin:
            twin = {"$ref": "#/definitions/Twin" + "?" * many}
            properties[f"_{element}"] = {"type": "array", "minItems": 1, "items": twin} if many else twin

    @staticmethod
    def _nullable(schema: Schema) -> Schema:
        nullable = schema | {"type": [schema["type"], "null"]}
        if "enum" in schema:
            nullable["enum"] = [*schema["enum"], None]
        return nullable

    def _value(self, name: str, element: str, type_: str, extra: dict[str, Any]) -> Schema:
        if type_ == "Reference":
            return {"$ref": f"#/definitions/{self._reference(name, element, extra)}"}
        if (name, element) in corrections.CONCEPTS:
            self._complex(type_)
            return self._concept(*corrections.CONCEPTS[name, element])
        if codes := self._codes(name, element, type_, extra):
            return {"type": "string", "enum": codes, "words": "r4_codes"}
        type_ = corrections.FORMATS.get((name, element), type_)
        if type_ == "Resource":
            type_ = "Any"
        elif type_[0].isupper():
            self._complex(type_)
        return {"$ref": f"#/definitions/{type_}"}

    def _codes(self, name: str, element: str, type_: str, extra: dict[str, Any]) -> list[str]:
        if type_ != "code":
            return []
        if (name, element) in corrections.RESOURCE_TYPE_CODES:
            return [*self.resource_types, *ROOTS]
        if (name, element) in corrections.TYPE_CODES:
            return [*self.resource_types, *ROOTS, *corrections.TYPE_CODES[name, element].split()]
        if (name, element) in corrections.CODES:
            return (corrections.CODES[name, element] or "").split()
        codes = list(extra.get("enum_values", ()))
        assert "+" not in codes, f"a code list that is cut short: {name}.{element}"
        return codes

    @staticmethod
    def _concept(system: str, codes: str) -> Schema:
        """At least one coding of the list; a concept of text alone is none."""
        known = {"system": {"enum": [system]}, "code": {"enum": codes.split()}}
        coding = {"required": ["system", "code"], "properties": known}
        listed = {"properties": {"coding": {"not": {"items": {"not": coding}}}}}
        rule = listed | {"dependencies": {"text": ["coding"]}, "words": "r4_concept", "codes": codes, "system": system}
        return {"allOf": [{"$ref": "#/definitions/CodeableConcept"}, rule]}

    def _reference(self, name: str, element: str, extra: dict[str, Any]) -> str:
        targets = list(extra.get("enum_reference_types") or ())
        if (name, element) in corrections.TARGETS:
            targets = corrections.TARGETS[name, element].split()
        targets = [t for t in targets if t not in corrections.R4B_ONLY]
        if "Resource" in targets:
            targets = []
        definition = ".".join(["Reference", *(targets or ["any"])])
        self._complex("Reference")
        if definition not in self.definitions:
            self.definitions[definition] = self._pointing(targets or self.resource_types)
        return definition

    def _pointing(self, targets: list[str]) -> Schema:
        names = "|".join(targets)
        relative = rf"(?:{names})(?:{formats.TAIL}|\?.*)"
        url = rf"{formats.SCHEME}.*/(?:{names}){formats.TAIL}"
        known = {"pattern": rf"^(?:#.*|urn:.*|{relative}|{url})$"}
        rule = {
            "properties": {
                "reference": {"anyOf": [known, {"$ref": "#/definitions/other_url"}]},
                "type": {"anyOf": [{"enum": targets}, {"pattern": formats.ABSOLUTE}]},
            },
            "words": "r4_target",
        }
        if targets is not self.resource_types:
            rule["targets"] = ", ".join(targets)
        every = "|".join(self.resource_types)
        self.definitions["other_url"] = {
            "pattern": formats.ABSOLUTE,
            "not": {"pattern": rf"/(?:{every}){formats.TAIL}$"},
        }
        return {"allOf": [{"$ref": "#/definitions/Reference"}, rule]}


def packed() -> bytes:
    """The file as it is kept: the same input gives the same bytes."""
    text = json.dumps(Builder().build(), separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode(), 9, mtime=0)


if __name__ == "__main__":
    FILE.write_bytes(packed())
