"""Schemas of types: what elements they have, how many, which must be there."""

from fhirdesk.r4.build import corrections, drafts, values
from fhirdesk.r4.build.constraints import Choices, constraints
from fhirdesk.r4.build.models import ROOTS, Classes, Field, fields, is_resource
from fhirdesk.r4.build.values import Schema


class Definitions:
    """`made`: type → schema, for each resource type asked for and all it needs."""

    def __init__(self, classes: Classes, types: list[str]):
        self._classes, self._types = classes, types
        self.made: dict[str, Schema] = values.primitives() | {"other_url": values.other_url(types)}
        self._complex("Element")
        twin = {k: v for k, v in self.made["Element"].items() if k != "dependencies"}
        self.made |= {"Twin": twin, "Twin?": values.nullable(twin)}  # beside a value an id is enough

    def resource(self, name: str) -> None:
        """Adds the definition of a resource type, and of all that it refers to."""
        self._complex(name)
        schema = self.made[name]
        schema["properties"]["resourceType"] = {"enum": [name]}
        schema["required"] = ["resourceType", *schema.get("required", [])]

    def _needed(self, name: str) -> str:
        if name == "SimpleQuantity":
            self.made.setdefault(name, self._simple())
        if name not in self.made:
            self._complex(name)
        return f"#/definitions/{name}"

    def _simple(self) -> Schema:
        """Returns the schema of a Quantity without a comparator."""
        self._needed("Quantity")
        properties = {n: v for n, v in self.made["Quantity"]["properties"].items() if "comparator" not in n}
        return self.made["Quantity"] | {"properties": properties}

    def _complex(self, name: str) -> None:
        model = self._classes[drafts.base(name) or name]
        schema: Schema = {"type": "object", "minProperties": 1, "properties": {}, "additionalProperties": False}
        self.made[name] = schema
        elements = [*fields(name, model), *drafts.own_fields(name)]
        for field in elements:
            schema["properties"] |= self._element(field, is_in_resource=is_resource(model))
        if not is_resource(model):
            schema["dependencies"] = {"id": {"minProperties": 2}}  # ele-1: an id alone says nothing
        if required := sorted(f.name for f in elements if f.required and not f.is_plain):
            schema["required"] = required
        choices = _choices(elements) if name != "Extension" else {}  # ext-1 is in `rules`
        texts = [f.name for f in elements if f.required and f.is_plain]
        if rules := constraints(name, texts, choices, {f.name for f in elements if f.is_plain}):
            schema["allOf"] = rules

    def _element(self, field: Field, *, is_in_resource: bool) -> dict[str, Schema]:
        value = self._value(field)
        if field.many and field.is_plain:
            value = self._place(field.type, value)
        schemas = {field.name: _many(value) if field.many else value}
        # the attributes of XML have no `_name`
        is_attribute = (field.name == "id" and not is_in_resource) or (field.owner, field.name) == ("Extension", "url")
        if field.is_plain and not is_attribute:
            twin = {"$ref": "#/definitions/Twin" + "?" * field.many}
            schemas[f"_{field.name}"] = _many(twin) if field.many else twin
        return schemas

    def _place(self, type_: str, value: Schema) -> Schema:
        """Returns the schema of an item in a list of primitives, which may be null."""
        if "$ref" not in value:
            return values.nullable(value)
        self.made.setdefault(f"{type_}?", values.nullable(self.made[type_]))
        return {"$ref": f"{value['$ref']}?"}

    def _value(self, field: Field) -> Schema:
        element = field.owner, field.name
        if field.type == "Reference":
            return self._reference(field)
        if element in corrections.CONCEPTS:
            self._needed(field.type)
            return values.concept(*corrections.CONCEPTS[element])
        if codes := self._codes(field):
            return values.code_list(codes)
        type_ = "Any" if field.type == "Resource" else corrections.FORMATS.get(element, field.type)
        if field.name in corrections.SIMPLE.get(field.owner, "").split():
            type_ = "SimpleQuantity"
        return {"$ref": self._needed(type_)}

    def _codes(self, field: Field) -> list[str]:
        element = field.owner, field.name
        if field.type != "code":
            return []
        if element in corrections.RESOURCE_TYPE_CODES:
            return [*self._types, *ROOTS]
        if element in corrections.TYPE_CODES:
            return [*self._types, *ROOTS, *corrections.TYPE_CODES[element].split()]
        if element in corrections.CODES:
            return (corrections.CODES[element] or "").split()
        assert "+" not in field.codes, f"a code list that is cut short: {element}"
        return list(field.codes)

    def _reference(self, field: Field) -> Schema:
        self._needed("Reference")
        name = ".".join(["Reference", *(field.targets or ["any"])])
        self.made.setdefault(name, values.reference(field.targets, self._types))
        return {"$ref": f"#/definitions/{name}"}


def _many(value: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": value}


def _choices(elements: list[Field]) -> Choices:
    """Choice → (its forms, whether one is required)."""
    choices: Choices = {}
    for field in elements:
        if field.choice:
            forms, required = choices.get(field.choice, ([], False))
            choices[field.choice] = ([*forms, field.name], required or field.choice_required)
    return choices
