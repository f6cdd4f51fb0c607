"""What fhir.resources' model classes know of R4, read into plain fields and corrected for 4.0.1."""

import importlib
import pkgutil
import types
import typing
from dataclasses import dataclass
from typing import Any

import fhir.resources

from fhirdesk.r4.build import corrections

Classes = dict[str, Any]
PRIMITIVES = {"bool": "boolean", "EncodedBytes": "base64Binary", "UuidVersion": "uuid"}
ROOTS = ("DomainResource", "Resource")


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a type; one form of a choice each."""

    owner: str
    name: str
    type: str  # R4's; a small letter: primitive
    many: bool
    required: bool
    codes: tuple[str, ...]  # of fhir.resources' own list
    targets: tuple[str, ...]  # of a Reference; none: any resource
    choice: str | None = None  # value, of valueString
    choice_required: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is a primitive."""
        return self.type[0].islower()


def classes_of(release: str) -> Classes:
    """Returns every model class of a release ("R4B", "STU3", "" for R5) by name."""
    package = importlib.import_module(f"{fhir.resources.__name__}.{release}".rstrip("."))
    classes: Classes = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg and not module.name.startswith("_"):
            model_module = importlib.import_module(f"{package.__name__}.{module.name}")
            classes |= {
                n: c for n, c in vars(model_module).items() if getattr(c, "__module__", "") == model_module.__name__
            }
    return {name: c for name, c in classes.items() if hasattr(c, "model_fields") and hasattr(c, "__resource_type__")}


def is_resource(model: Any) -> bool:
    """Whether a class is a resource, not a data type or a part of one."""
    return any(base.__name__ == "Resource" for base in model.__mro__)


def resource_types(classes: Classes) -> list[str]:
    """Returns R4's resource types, without the two abstract ones."""
    known = {name for name, model in classes.items() if is_resource(model)}
    return sorted((known | corrections.DRAFTS) - corrections.R4B_ONLY - set(ROOTS))


def fields(owner: str, model: Any) -> list[Field]:
    """Returns the elements that R4 has in a type; `model` is R4B's class of it."""
    elements = []
    for name, info in _elements(model).items():
        field = _field(owner, name, info)
        if field.choice and field.type == "CodeableReference":
            # R4's open choice has Meta where R4B's has CodeableReference
            elements.append(Field(owner, f"{field.choice}Meta", "Meta", False, False, (), (), field.choice))
        elif (owner, name) not in corrections.GONE and field.type not in corrections.TYPES_WITHOUT:
            elements.append(field)
    return elements


def _elements(model: Any) -> dict[str, Any]:
    model_fields = {f.alias or name: f for name, f in model.model_fields.items() if not name.endswith("__ext")}
    return {name: f for name, f in model_fields.items() if name not in ("fhir_comments", "resource_type")}


def _field(owner: str, name: str, info: Any) -> Field:
    extra = info.json_schema_extra or {}
    type_, many = _type(info.annotation)
    required = extra.get("element_required") or info.is_required() or (owner, name) in corrections.REQUIRED
    targets = extra.get("enum_reference_types") or ()
    if (owner, name) in corrections.TARGETS:
        targets = corrections.TARGETS[owner, name].split()
    return Field(
        owner,
        name,
        type_,
        many,
        bool(required),
        tuple(extra.get("enum_values", ())),
        () if "Resource" in targets else tuple(t for t in targets if t not in corrections.R4B_ONLY),
        extra.get("one_of_many"),
        bool(extra.get("one_of_many_required")),
    )


def _type(annotation: Any) -> tuple[str, bool]:
    """Returns (R4's type, whether it is a list) of an annotation like `list[Annotated[str, Code()] | None] | None`."""
    many = False
    while (origin := typing.get_origin(annotation)) in (typing.Union, types.UnionType, list):
        many |= origin is list
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    if kind := getattr(annotation, "__metadata__", None):
        name = type(kind[0]).__name__
        return PRIMITIVES.get(name, name[0].lower() + name[1:]), many
    name = annotation.__name__.removesuffix("Type")
    return PRIMITIVES.get(name, name), many


def shapes(model: Any) -> dict[str, str]:
    """Returns, by element, the shape of its JSON: text (any primitive), object or list."""
    element_shapes = {}
    for name, info in _elements(model).items() if model else ():
        type_, many = _type(info.annotation)
        element_shapes[name] = "list" if many else "text" if type_[0].islower() else "object"
    return element_shapes
