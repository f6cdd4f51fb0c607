"""The schema against HL7's own structure definitions of 4.0.1, element for element; skipped where they are not here."""

import gzip
import json
from typing import Any

import pytest

from fhirdesk.r4 import schema
from tests.r4.corpus import DATA

Element = dict[str, Any]
NARROWER = {"mime", "currency", "notNegative", "one", "positive", "ucum", "whole"}  # ours, of bindings and invariants
ABSTRACT = {"BackboneElement", "DomainResource", "Resource"}


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def official() -> dict[str, list[Element]]:
    """Type, named as fhir.resources names the parts of a type → its elements; `codes`: of required bindings."""
    path = DATA / "spec/r4_model_min.json.gz"
    if not path.exists():
        pytest.skip("../shared/data/spec is not here")
    model = json.loads(gzip.decompress(path.read_bytes()))
    found: dict[str, list[Element]] = {}
    for structure in model["structureDefinitions"]:
        if structure["kind"] not in ("resource", "complex-type"):
            continue
        for element in structure["snapshot"]["element"]:
            *parents, name = element["path"].split(".")
            if parents and element["max"] != "0":
                owner = structure["type"] + "".join(capital(p) for p in parents[1:])
                binding = element.get("binding", {})
                codes = model["requiredValueSets"].get(binding.get("valueSet", "").split("|")[0])
                required = codes if binding.get("strength") == "required" else None
                found.setdefault(owner, []).append({**element, "name": name, "codes": required})
    return found


def forms(element: Element) -> list[str]:
    name = element["name"]
    if not name.endswith("[x]"):
        return [name]
    return [name[:-3] + capital(t["code"]) for t in element["type"]]


def differences(type_: str, elements: list[Element]) -> list[str]:
    known = schema.definition(type_)
    properties = {k: v for k, v in known["properties"].items() if not k.startswith("_")}
    names = {form for e in elements for form in forms(e)} | ({"resourceType"} & properties.keys())
    wrong = [f"{type_}.{n} is in one alone" for n in names ^ properties.keys()]
    required = {
        *known.get("required", ()),
        *(r["names"] for r in known.get("allOf", ()) if r["words"] == "r4_required"),
    }
    for element in elements:
        name = element["name"]
        if not name.endswith("[x]") and (element["min"] > 0) != (name in required):
            wrong.append(f"{type_}.{name} required")
        for form in forms(element):
            if form in properties:
                wrong += [f"{type_}.{form} {what}" for what in _value(element, form, properties[form])]
    return wrong


def _value(element: Element, form: str, given: Element) -> list[str]:
    wrong = []
    if (given.get("type") == "array") != (element["max"] != "1"):
        wrong.append("cardinality")
    value = given["items"] if given.get("type") == "array" else given
    types = element.get("type", [{"code": ""}])
    target = value.get("$ref", "").removeprefix("#/definitions/").rstrip("?")
    if types[0]["code"] == "code":
        codes = {code for _, code in element["codes"] or ()}
        listed = set(value.get("enum", codes if len(codes) > 200 else ())) - {None}
        if codes != listed:
            wrong.append(f"codes {codes ^ listed}")
    elif types[0]["code"] == "Reference" and not element["name"].endswith("[x]"):
        allowed = {p.rsplit("/", 1)[-1] for p in types[0].get("targetProfile", ())} or {"Resource"}
        if {"any" if t == "Resource" else t for t in allowed} != set(target.split(".")[1:]):
            wrong.append(f"targets {allowed}")
    elif _is_simple(element, form) != (target == "SimpleQuantity"):
        wrong.append("SimpleQuantity")
    elif target and target[0].islower() and target not in NARROWER and target not in _names(types):
        wrong.append(f"type {target}")
    return wrong


def _is_simple(element: Element, form: str) -> bool:
    """Whether it is a Quantity without a comparator."""
    types = (t for t in element.get("type", ()) if form in (element["name"], element["name"][:-3] + t["code"]))
    return any(p.endswith("/SimpleQuantity") for t in types for p in t.get("profile", ()))


def _names(types: list[Element]) -> set[str]:
    """Element.id and Extension.url are FHIRPath strings in the definitions."""
    names = {t["code"] for t in types}
    return names | {"string", "uri", "id"} if any("fhirpath" in n for n in names) else names


def test_the_schema_is_that_of_the_specification() -> None:
    found = official()
    wrong = []
    for type_, elements in found.items():
        if type_ not in ABSTRACT:
            wrong += differences(type_, elements)
    assert wrong == []
    assert len(found) > 500
