"""The embedded server as OpenEMR 7.0.4 answers: rows and no resources, one number, merges, no versions.

Patients alone can be written; of everything else it has nothing.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from fhirdesk.r4 import json
from fhirdesk.sandbox.interactions import Ask, Interactions
from fhirdesk.sandbox.outcomes import Reply, outcome

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_ELEMENTS = """
    resourceType id meta implicitRules language text contained extension modifierExtension identifier active name
    telecom gender birthDate deceasedBoolean deceasedDateTime address maritalStatus multipleBirthBoolean photo contact
    communication generalPractitioner managingOrganization link
"""
_PARAMETERS = """
    _id identifier name family given birthdate gender email phone telecom address _lastUpdated _count _offset
"""
KNOWN, SEARCHED = frozenset(_ELEMENTS.split()), frozenset(_PARAMETERS.split())
TELECOM = (("phone", "home"), ("phone", "mobile"), ("phone", "work"), ("email", None))
ADDRESS = ("city", "district", "state", "postalCode")
NO_ROUTE = {"error": "An error occurred", "message": "Route not found", "code": 0}
BREAKS = {"error": "An error occurred", "message": "Call to a member function getUrl() on array", "code": 0}
Node = dict[str, Any]


class OpenEMR(Interactions):
    """Answers the interactions as OpenEMR does."""

    def answer(self, ask: Ask) -> Reply:
        """Return the reply; 404 for what OpenEMR has no route for."""
        match (ask.method, ask.path):
            case ("POST", ("Patient",)):
                return self._write(ask, None)
            case ("PUT", ("Patient", id_)):
                return self._write(ask, id_)
            case ("GET", (kind,)):
                return self._search(kind, dict(ask.query))
            case ("GET", (kind, id_)) if not id_.startswith("_"):
                return self._read(kind, id_)
        return Reply(404, NO_ROUTE)

    def _read(self, kind: str, id_: str) -> Reply:
        if not _is_uuid(id_):
            return Reply(400, _invalid_body("_id", "uuid is not a valid uuid"))
        now = self.repository.current(kind, id_)
        return Reply(404, []) if now is None or now.resource is None else Reply(200, _render(now.resource))

    def _search(self, kind: str, query: Mapping[str, str]) -> Reply:
        """Return one page, as a collection; a parameter that is not known matches nobody."""
        rows = [v.resource for v in self.repository.all_of(kind) if v.resource]
        filters = {name: value for name, value in query.items() if name not in ("_count", "_offset")}
        known = filters.keys() <= SEARCHED
        matches = [r for r in rows if known and all(_matches(r, n, v) for n, v in filters.items())]
        start = int(query.get("_offset", 0))
        page = matches[start : start + int(query.get("_count", len(matches)))]
        entries = [{"fullUrl": f"{self.base}/{kind}/{r['id']}", "resource": _render(r)} for r in page]
        return Reply(200, {"resourceType": "Bundle", "type": "collection", "total": len(page), "entry": entries})

    def _write(self, ask: Ask, id_: str | None) -> Reply:
        body = ask.body if isinstance(ask.body, dict) else {}
        now = self.repository.current("Patient", id_) if id_ else None
        old = now.resource if now else None
        if refused := _refuse(body, id_, old):
            return refused
        logical_id = id_ or str(uuid.uuid4())
        rows = sum(1 for _ in self.repository.all_of("Patient")) + 1
        version = self.repository.write("Patient", logical_id, ask.method, _merge_row(body, old or {}, str(rows)))
        return (
            Reply(201, {"pid": rows, "uuid": logical_id})
            if id_ is None
            else Reply(200, _render(version.resource or {}))
        )


def _refuse(body: Node, id_: str | None, old: Node | None) -> Reply | None:
    if "resourceType" not in body:
        return Reply(400, {"error": "An error occurred", "message": "resourceType Not Found", "code": 0})
    if unknown := [n for n in body if n.removeprefix("_") not in KNOWN]:
        return Reply(400, outcome("invalid", f"Invalid content {unknown[0]} Found"))
    if body.get("extension") or any("period" in a for a in body.get("address", ())):
        return Reply(500, BREAKS)
    if id_ is not None and old is None:
        return Reply(400, _invalid_body("uuid", "uuid is not found"))
    named: Node = next((n for n in body.get("name", ()) if n.get("use") == "official"), {})
    whole = {"lname": named.get("family"), "fname": named.get("given"), "sex": body.get("gender")}
    whole["DOB"] = len(body.get("birthDate", "")) == len("1985-06-15")
    if lacks := [name for name, value in whole.items() if not value and old is None]:
        return Reply(400, _invalid_body(lacks[0], f"{lacks[0]} must be provided, but does not exist"))
    return None


def _invalid_body(name: str, text: str) -> Node:
    return {"validationErrors": {name: {"Required::NON_EXISTENT_KEY": text}}, "internalErrors": [], "data": []}


def _merge_row(body: Node, old: Node, own: str) -> Node:
    """Return what its tables hold after the write, column by column; a column that was not sent stays as it was."""
    both = {**old, **body}
    kept = {
        "identifier": _keep_numbers(both, old, own),
        "gender": both.get("gender"),
        "birthDate": both.get("birthDate"),
    }
    kept["name"] = [
        {n: v for n, v in name.items() if n in ("use", "family", "given", "prefix", "suffix")}
        for name in both.get("name", ())
        if name.get("use") == "official"
    ][:1]
    columns = [(_find_telecom(body, *c) or _find_telecom(old, *c)) for c in TELECOM]
    kept["telecom"] = [{n: t[n] for n in ("system", "value", "use") if n in t} for t in columns if t]
    address = {**next(iter(old.get("address", ())), {}), **next(iter(body.get("address", ())), {})}
    if address.get("line"):
        parts = {n: address[n] for n in ADDRESS if n in address}
        kept["address"] = [{"use": "home", "line": ["\n".join(address["line"])], **parts}]
    return {"resourceType": "Patient"} | {n: v for n, v in kept.items() if v}


def _keep_numbers(both: Node, old: Node, own: str) -> list[Node]:
    """Return the one number that it keeps: the last one typed PT, else the one it gave itself, in its own system."""
    codes = [(c.get("code"), i) for i in both.get("identifier", ()) for c in i.get("type", {}).get("coding", ())]
    last = {code: i["value"] for code, i in codes if code in ("PT", "SS")}
    before = next((i["value"] for i in old.get("identifier", ())), own)
    values = {"PT": last.get("PT", before)} | ({"SS": last["SS"]} if "SS" in last else {})
    return [
        {"use": "official", "type": {"coding": [{"system": V2, "code": code}]}, "system": V2, "value": value}
        for code, value in values.items()
    ]


def _find_telecom(resource: Node, system: str, use: str | None) -> Node | None:
    items = resource.get("telecom", ())
    return next((t for t in items if t.get("system") == system and use in (None, t.get("use"))), None)


def _render(resource: Node) -> Node:
    """Return the resource with what OpenEMR adds on every read; its version number never moves."""
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p/></div>'}
    race = {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "valueString": "Unknown"}
    own: Node = {"text": text, "active": True, "deceasedBoolean": False, "communication": [], "extension": [race]}
    return resource | own | {"meta": resource["meta"] | {"versionId": "1"}}


def _matches(resource: Node, name: str, value: str) -> bool:
    match name:
        case "identifier":
            return any(i["value"] == value.rpartition("|")[2] for i in resource.get("identifier", ()))
        case "_id":
            return resource["id"] in value.split(",")
        case "birthdate":
            return bool(resource.get("birthDate") == value.removeprefix("eq"))
        case "family" | "name":
            return value in json.dumps(resource.get("name", [])).decode()
    return True


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
