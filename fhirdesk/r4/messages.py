"""Turns the errors of the schema's engine (jsonschema-rs) into findings that people understand."""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from jsonschema_rs import Draft4Validator, ValidationError

from fhirdesk.r4 import schema
from fhirdesk.r4.finding import Finding, expression

OWN_WORDS = {"r4_resource", "r4_concept"}  # better said than "… is missing"
WANTED = {"object": "object", "array": "list", "string": "text", "number": "number", "integer": "number"}
MILD = {"r4_canonical_relative"}  # R4 forbids it, its own examples do it, and no server minds
MOST = 100  # findings of one resource that are told
SHOWN = 14  # codes of a list that are named one by one
TYPED = re.compile(r"(?:^|/)([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?$")


def explain(validator: Draft4Validator, resource: Any, root: str) -> Iterator[Finding]:
    """Yields the schema's findings, one for each path and cause, and no more than MOST."""
    reported: set[tuple[str, str]] = set()
    for error in validator.iter_errors(resource):
        for finding in _findings(error, root):
            if len(reported) == MOST:
                yield Finding("r4_more", root, {"count": str(MOST)}, "information")
                return
            if (finding.words, finding.expression) not in reported:
                reported.add((finding.words, finding.expression))
                yield finding


def _findings(error: ValidationError, root: str) -> Iterator[Finding]:
    node, kind, path = schema.find_explanation(error), error.kind.name, tuple(error.instance_path)
    where = expression(root, path)
    if kind == "additionalProperties":
        for name in error.kind.as_dict()["unexpected"]:
            yield _unknown(name, node, expression(root, (*path, name)))
    elif kind == "required" and node.get("words") not in OWN_WORDS:
        name = str(error.kind.as_dict()["property"])
        yield Finding("r4_required", f"{where}.{name}", {"names": name})
    else:
        words = _words(error, node, kind)
        if words in ("r4_required", "r4_choice_missing"):
            where = f"{where}.{node['element']}"
        severity = "warning" if words in MILD else "error"
        yield Finding(words, where, _params(words, node, error.instance), severity)


def _unknown(name: str, node: Any, where: str) -> Finding:
    known = [k for k in node.get("properties", ()) if not k.startswith("_")]
    forms = [k for k in known if re.fullmatch(f"{re.escape(name)}[A-Z].*", k)]
    if forms:
        return Finding("r4_choice_unknown", where, {"name": name, "names": ", ".join(forms[:SHOWN])})
    near = get_close_matches(name, known, 1)
    if near:
        return Finding("r4_did_you_mean", where, {"name": name, "near": near[0]})
    return Finding("r4_unknown_element", where, {"name": name})


def _words(error: ValidationError, node: Any, kind: str) -> str:
    words = str(node.get("words", "r4_other"))
    if kind == "type":
        return _wrong_type(error, node)
    if kind in ("minItems", "minProperties"):
        return "r4_empty_list" if kind == "minItems" else "r4_empty_object"
    if error.instance == "":
        return "r4_empty_text"
    if words == "r4_choice" and type(error.kind).__name__.endswith("OneOfNotValid"):
        return "r4_choice_missing"
    if words == "r4_codes" and len(node["enum"]) > SHOWN:
        return "r4_code_long_list"
    if words == "r4_codes" and _near(error.instance, node):
        return "r4_codes_near"
    if words == "r4_target":
        return _wrong_target(error, node)
    return _PRECISE.get(words, lambda _: words)(error.instance)


def _wrong_type(error: ValidationError, node: Any) -> str:
    if error.instance is None:
        return "r4_null"
    if isinstance(error.instance, list):
        return "r4_wants_one"
    types = error.kind.as_dict()["types"]
    expected = next(t for t in types if t != "null")
    if expected == "integer" and isinstance(error.instance, (int, float)) and not isinstance(error.instance, bool):
        return "r4_integer"
    if expected == "array" and not isinstance(error.instance, dict) and _of_objects(node):
        return "r4_wants_objects"
    return f"r4_wants_{WANTED.get(expected, expected)}"


def _of_objects(node: Any) -> bool:
    """Whether the items of a list are objects: their definition begins with a capital letter."""
    return "allOf" in node["items"] or str(node["items"].get("$ref", "")).removeprefix(schema.PREFIX)[:1].isupper()


def _wrong_target(error: ValidationError, node: Any) -> str:
    match = TYPED.search(str(error.instance))
    is_known = (
        match is not None and match[1] in schema.resource_types() and not str(error.instance).startswith((".", "/"))
    )
    is_type = error.instance_path[-1] == "type"
    return "r4_target" if "targets" in node and (is_known or is_type) else "r4_reference"


def _date(text: Any) -> str:
    day, _, time = str(text).partition("T")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", day) and not re.fullmatch(schema.definition("date")["pattern"], day):
        return "r4_no_such_day"
    if time and re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d+)?)?", time):
        return "r4_no_zone"
    return "r4_dateTime"


def _canonical(text: Any) -> str:
    return "r4_canonical_relative" if re.fullmatch(r"[^\x00-\x20:]+", str(text)) else "r4_canonical"


_PRECISE: dict[str, Callable[[Any], str]] = {
    "r4_canonical": _canonical,
    "r4_date": lambda text: "r4_no_such_day" if _date(text) == "r4_no_such_day" and "T" not in str(text) else "r4_date",
    "r4_dateTime": _date,
    "r4_instant": lambda text: _date(text) if "T" in str(text) else "r4_instant",
}


def _near(value: Any, node: Any) -> str | None:
    """Returns the listed code that was probably meant, or None: Final → final, M → male, in_progress → in-progress."""
    plain, codes = str(value).strip().lower(), [code for code in node["enum"] if code]
    begun = [code for code in codes if code.startswith(plain)] if len(plain) == 1 else []
    near = begun if len(begun) == 1 else get_close_matches(plain, codes, 1, 0.7)
    return str(near[0]) if near else None


def _params(words: str, node: Any, value: Any) -> dict[str, str]:
    params = {k: v for k, v in node.items() if isinstance(v, str) and k in ("names", "key", "first", "condition")}
    if words in ("r4_codes", "r4_codes_near"):
        params["codes"] = ", ".join(str(code) for code in node["enum"] if code is not None)
        params |= {"near": near} if (near := _near(value, node)) else {}
    elif words == "r4_concept":
        params |= {"codes": node["codes"].replace(" ", ", "), "system": node["system"]}
    elif words == "r4_target":
        params["targets"] = node["targets"]
    return params
