"""patient ⇄ Patient (https://hl7.org/fhir/R4/patient.html)."""

import re
from typing import Any

from fhirdesk.converters.base import Context, Converter, Owned
from fhirdesk.converters.values import TERMINOLOGY, filled, first, identifier, logical_id
from fhirdesk.errors import InvalidRecord
from fhirdesk.records import Field, Kind, Record, RecordType
from fhirdesk.resource import Resource

TYPE = RecordType(
    "patient",
    "patient_id",
    "patient",
    (
        Field("patient_id", Kind.KEY, required=True),
        Field("family_name", aliases=("last_name",)),
        Field("given_name", aliases=("first_name",)),
        Field("gender", Kind.CODE, required=True),
        Field("birth_date", Kind.DATE, required=True, aliases=("date_of_birth",)),
        Field("phone", editable=True),
        Field("email", editable=True),
        Field("address", editable=True),
        Field("postcode"),
        Field("openemr_patient_id", Kind.KEY),
        Field("created_at", Kind.DATETIME),
        Field("updated_at", Kind.DATETIME),
    ),
    create_priority=10,
)
GENDERS = {"M": "male", "F": "female", "O": "other", "U": "unknown"}
GENDERS_BACK = {code: letter for letter, code in GENDERS.items()}
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3005\u3130-\u318f\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\s]+")


def check(record: Record) -> None:
    """What the field table cannot say."""
    if not record.fields.get("family_name") and not record.fields.get("given_name"):
        raise InvalidRecord("field_missing", field="family_name")
    if record.fields["gender"] not in GENDERS and record.fields["gender"] not in GENDERS_BACK:
        raise InvalidRecord("field_code", field="gender", value=record.fields["gender"])


def to_resource(record: Record, context: Context) -> Resource:
    """The Patient, as mapping.md says."""
    f = record.fields
    return {"resourceType": "Patient"} | filled(
        id=logical_id(record.key),
        identifier=[_number(record, context)],
        name=[human_name(f.get("family_name"), f.get("given_name"))],
        telecom=_telecom(f),
        gender=GENDERS.get(f["gender"], f["gender"]),
        birthDate=f["birth_date"],
        address=_address(f),
    )


def _number(record: Record, context: Context) -> dict[str, Any]:
    codings = [{"system": f"{TERMINOLOGY}v2-0203", "code": "MR"}]
    if context.vendor == "openemr":
        codings.append({"system": f"{TERMINOLOGY}v2-0203", "code": "PT"})
    return {"type": {"coding": codings}} | identifier(f"{context.base}/identifier/patient", record.key)


def human_name(family: str | None, given: str | None) -> dict[str, Any]:
    """Name and its text in the order the language wants."""
    both = family and given
    east = both and _EAST_ASIAN.fullmatch(f"{family}{given}")
    text = f"{family}{given}" if east else " ".join(n for n in (given, family) if n)
    return {"use": "official", "text": text} | filled(family=family, given=[given] if given else None)


def _telecom(f: Any) -> list[dict[str, Any]]:
    found = []
    if f.get("phone"):
        found.append({"system": "phone", "value": f["phone"], "use": "mobile"})
    if f.get("email"):
        found.append({"system": "email", "value": f["email"]})
    return found


def _address(f: Any) -> list[dict[str, Any]]:
    text = f.get("address")
    made = filled(text=text, line=[text] if text else None, postalCode=f.get("postcode"))
    return [{"use": "home"} | made] if made else []


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """The record's fields, read from a Patient."""
    name, telecom, address = first(resource.get("name")), resource.get("telecom") or [], first(resource.get("address"))
    phones = [t for t in telecom if t.get("system") == "phone" and t.get("use") in ("mobile", None)]
    phone = next((t for t in phones if t.get("use") == "mobile"), phones[0] if phones else {})
    email: dict[str, Any] = next((t for t in telecom if t.get("system") == "email" and t.get("use") != "old"), {})
    family, given = name.get("family"), " ".join(name.get("given") or [])
    return filled(
        family_name=family or (None if given else name.get("text")),
        given_name=given or None,
        gender=GENDERS_BACK.get(str(resource.get("gender"))),
        birth_date=resource.get("birthDate"),
        phone=phone.get("value"),
        email=email.get("value"),
        address=address.get("text") or " ".join(address.get("line") or []) or None,
        postcode=address.get("postalCode"),
    )


def field_at(resource: Resource, expression: str) -> str | None:
    """The record field that an expression such as Patient.telecom[0].value is about."""
    if "telecom" in expression:
        index = re.search(r"telecom\[(\d+)\]", expression)
        items = resource.get("telecom") or []
        item = items[int(index[1])] if index and int(index[1]) < len(items) else first(items)
        return "email" if item.get("system") == "email" else "phone"
    places = {"postalCode": "postcode", "address": "address", "family": "family_name", "given": "given_name"}
    places |= {"name": "family_name", "birthDate": "birth_date", "gender": "gender", "identifier": "patient_id"}
    return next((field for element, field in places.items() if element in expression), None)


CONVERTER = Converter(
    TYPE,
    lambda _record: "Patient",
    to_resource,
    to_fields,
    field_at,
    (
        Owned("identifier", ("system",)),
        Owned("name", ("use",)),
        Owned("telecom", ("system", "use"), (("phone", "mobile"), ("email", None))),
        Owned("gender"),
        Owned("birthDate"),
        Owned("address", ("use",), (("home",),)),
    ),
)
