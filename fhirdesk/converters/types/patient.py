"""patient ⇄ Patient (https://hl7.org/fhir/R4/patient.html)."""

from typing import Any

from fhirdesk.converters import patient_number
from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.values import at, identifier, of_system, resource, text_at, without_empty
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.person_name import full_name
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType, spaced
from fhirdesk.core.resource import Resource

GENDERS = Codes({"M": "male", "F": "female", "O": "other", "U": "unknown"}, spaced("male female other unknown"))
TYPE = RecordType(
    "patient",
    "patient_id",
    "patient",
    (
        Field("patient_id", Kind.KEY, required=True),
        Field("family_name", aliases=("last_name",)),
        Field("given_name", aliases=("first_name",)),
        Field("gender", Kind.CODE, required=True, codes=GENDERS),
        Field("birth_date", Kind.DATE, required=True, aliases=("date_of_birth",)),
        Field("phone", editable=True),
        Field("email", editable=True),
        Field("address", editable=True),
        Field("postcode", editable=True, goes_with="address"),
        Field("openemr_patient_id", Kind.KEY),
        *STAMPS,
    ),
    ("Patient",),
    create_priority=10,
    known_id="openemr_patient_id",
)


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    if not record.fields.get("family_name") and not record.fields.get("given_name"):
        raise InvalidRecord("field_missing", field="family_name")


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the Patient of the record, as docs/mapping.md says."""
    f = record.fields
    gender = f.get("gender")
    return resource(
        "Patient",
        record,
        identifier=[patient_number.number_type(context) | identifier(record, context)],
        name=_name(f.get("family_name"), f.get("given_name")),
        telecom=_telecom(f.get("phone"), f.get("email")),
        gender=gender and GENDERS.code(gender),
        birthDate=f.get("birth_date"),
        address=_address(f.get("address"), f.get("postcode"), context),
    )


def _name(family: str | None, given: str | None) -> list[dict[str, Any]] | None:
    """Returns the official name, its text in the order of the name's language."""
    if not family and not given:
        return None
    parts = without_empty(family=family, given=[given] if given else None)
    return [{"use": "official", "text": full_name(family, given)} | parts]


def _telecom(phone: str | None, email: str | None) -> list[dict[str, Any]]:
    telecom = []
    if phone:
        telecom.append({"system": "phone", "value": phone, "use": "mobile"})
    if email:
        telecom.append({"system": "email", "value": email})
    return telecom


def _address(text: str | None, postcode: str | None, context: Context) -> list[dict[str, Any]] | None:
    """Returns the home address. `line` repeats the text: R4 wants it in a part too, OpenEMR reads only `line`, and
    Cerner refuses a text."""
    shown = text if context.habits.address_text else None
    address = without_empty(text=shown, line=[text] if text else None, postalCode=postcode)
    return [{"use": "home"} | address] if address else None


# -- back


def _in_force(items: list[Any], system: str | None = None) -> list[dict[str, Any]]:
    """Returns the items that are neither `old` nor ended. An end in the future counts too: nothing here knows today."""
    current = (i for i in items if isinstance(i, dict) and i.get("use") != "old" and at(i, "period", "end") is None)
    return [i for i in current if system is None or i.get("system") == system]


def _first_of_use(items: list[dict[str, Any]], *uses: str | None) -> Any:
    """Returns the first item of the first of the uses that occurs, or None."""
    return next((i for use in uses for i in items if i.get("use") == use), None)


def phone(items: list[Any]) -> Any:
    """Picks the mobile phone, else the first phone without a use."""
    return _first_of_use(_in_force(items, "phone"), "mobile", None)


def email(items: list[Any]) -> Any:
    """Picks the first e-mail without a use, else the first e-mail."""
    emails = _in_force(items, "email")
    return _first_of_use(emails, None) or (emails[0] if emails else None)


def official_name(items: list[Any]) -> Any:
    """Picks the official name, else the first current one."""
    names = _in_force(items)
    return _first_of_use(names, "official") or (names[0] if names else None)


def home_address(items: list[Any]) -> Any:
    """Picks the home address, else the first current one."""
    addresses = _in_force(items)
    return _first_of_use(addresses, "home") or (addresses[0] if addresses else None)


OWNED = (
    Owned("identifier", (of_system("/identifier/patient"),)),
    Owned("name", (official_name,)),
    Owned("telecom", (phone, email)),
    Owned("gender"),
    Owned("birthDate"),
    Owned("address", (home_address,)),
)


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from a Patient; a plain text as telecom or address, as older exports hold it,
    too."""
    name, address = official_name(_items(resource, "name")), home_address(_items(resource, "address"))
    telecom = _items(resource, "telecom")
    family, given = text_at(name, "family"), _join(at(name, "given"))
    gender = text_at(resource, "gender")
    return without_empty(
        family_name=family or (None if given else text_at(name, "text")),
        given_name=given,
        gender=gender and GENDERS.word(gender),
        birth_date=text_at(resource, "birthDate"),
        phone=text_at(phone(telecom), "value"),
        email=text_at(email(telecom), "value"),
        address=text_at(address, "text") or _join(at(address, "line")),
        postcode=text_at(address, "postalCode"),
    )


def _items(resource: Resource, element: str) -> list[Any]:
    value = resource.get(element)
    value = [value] if isinstance(value, str | dict) else value
    return [_element_of_text(element, i) if isinstance(i, str) else i for i in value] if isinstance(value, list) else []


def _element_of_text(element: str, text: str) -> dict[str, Any]:
    if element == "telecom":
        return {"system": "email" if "@" in text else "phone", "value": text}
    return {"text": text}


def _join(parts: Any) -> str | None:
    """Returns the texts of a list joined by blanks, or None. A part that has only an extension is null: it is
    skipped."""
    texts = [p for p in parts if isinstance(p, str) and p] if isinstance(parts, list) else []
    return " ".join(texts) or None
