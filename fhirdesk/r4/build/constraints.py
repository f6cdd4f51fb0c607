"""The rules of `invariants` as JSON Schema, each with the sentence that explains it. Read by the build alone."""

from collections.abc import Callable
from typing import Any

from fhirdesk.r4.build.invariants import INVARIANTS

Schema = dict[str, Any]
Choices = dict[str, tuple[list[str], bool]]


class Presence:
    """Schemas that ask whether an element is there; a primitive may be there by its extension alone."""

    def __init__(self, plain: set[str], choices: Choices):
        self._plain, self._choices = plain, choices

    def of(self, element: str) -> Schema:
        """Returns the schema that an element, or any form of a choice `x[x]`, is present."""
        forms = self._choices[element.removesuffix("[x]")][0] if element.endswith("[x]") else [element]
        return self.any(forms)

    def any(self, elements: list[str]) -> Schema:
        """Returns the schema that any of the elements is present."""
        names = [name for e in elements for name in ((e, f"_{e}") if e in self._plain else (e,))]
        demands = [{"required": [name]} for name in names]
        return demands[0] if len(demands) == 1 else {"anyOf": demands}


def constraints(name: str, texts: list[str], choices: Choices, plain: set[str]) -> list[Schema]:
    """Returns the rules of a type as schemas: required primitives, choices, invariants."""
    presence = Presence(plain, choices)
    rules = [presence.of(text) | {"words": "r4_required", "names": text, "element": text} for text in texts]
    rules += [_choice(presence, *forms) | {"element": choice} for choice, forms in choices.items()]
    return rules + [_rule(presence, rule) for rule in INVARIANTS.get(name, ())]


def _choice(presence: Presence, forms: list[str], required: bool) -> Schema:
    one = [presence.of(form) for form in forms]
    none = [] if required else [{"not": presence.any(forms)}]
    return {"oneOf": one + none, "words": "r4_choice", "names": ", ".join(forms)}


def _rule(presence: Presence, rule: tuple[str, ...]) -> Schema:
    key, kind, *names = rule
    explanation: Schema = {"key": key, "words": f"r4_{kind}", "names": ", ".join(names)}
    if "=" not in kind:
        needed = {"first": names[0], "names": ", ".join(names[1:])} if kind == "needs" else {}
        return _KINDS[kind](presence, names) | explanation | needed
    kind, condition, names = names[0], kind, names[1:]
    demand = _KINDS[kind](presence, names)
    explanation |= {"words": f"r4_{kind}", "names": ", ".join(names), "condition": condition.replace("|", ", ")}
    return {"anyOf": [{"not": _when(condition)}, demand]} | explanation


def _when(condition: str) -> Schema:
    element, _, listed = condition.partition("=")
    values: list[Any] = [{"false": False, "true": True}.get(v, v) for v in listed.split("|")]
    allowed: Schema = {"enum": values}
    if element.endswith("!"):
        element, allowed = element[:-1], {"not": allowed}
    return {"required": [element], "properties": {element: allowed}}


def _both(presence: Presence, names: list[str]) -> Schema:
    each = [presence.of(name) for name in names]
    return {"oneOf": [{"allOf": each}, {"not": {"anyOf": each}}]}


_KINDS: dict[str, Callable[[Presence, list[str]], Schema]] = {
    "any": lambda presence, names: {"anyOf": [presence.of(n) for n in names]},
    "one": lambda presence, names: {"oneOf": [presence.of(n) for n in names]},
    "apart": lambda presence, names: {"not": {"allOf": [presence.of(n) for n in names]}},
    "needs": lambda presence, names: {"anyOf": [{"not": presence.of(names[0])}, *(presence.of(n) for n in names[1:])]},
    "both": _both,
    "has": lambda presence, names: {"allOf": [presence.of(n) for n in names]},
    "lacks": lambda presence, names: {"not": {"anyOf": [presence.of(n) for n in names]}},
}
