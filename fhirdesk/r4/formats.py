"""How R4 writes its primitive values: one pattern each (https://hl7.org/fhir/R4/datatypes.html#primitive).

The patterns are plain enough for Python's `re` and for the linear engine behind the schema alike.
"""

_YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY = (
    f"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_PARTIAL = rf"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?"
_BASE64 = r"[A-Za-z0-9+/][ \t\r\n]*"
_UUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
OID = r"[0-2](?:\.(?:0|[1-9][0-9]*))+"
_SOLID = r"[^\x00-\x20]"
_BLANKS = r"[ \t\r\n]*"

ID = r"[A-Za-z0-9\-.]{1,64}"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$"
MAX_TEXT = 1024 * 1024

PATTERNS = {
    "string": TEXT,
    "markdown": TEXT,
    "xhtml": TEXT,
    "code": f"^{_SOLID}+(?: {_SOLID}+)*$",
    "id": f"^{ID}$",
    "uri": f"^{_SOLID}+$",
    "url": f"^{_SOLID}+$",
    "canonical": f"^(?:#|[A-Za-z][A-Za-z0-9+.\\-]*:){_SOLID}*$",  # absolute or a fragment, never relative
    "oid": f"^urn:oid:{OID}$",
    "uuid": r"^urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
    "date": f"^(?:{_DAY}|{_PARTIAL})$",
    "dateTime": f"^(?:{_DAY}(?:T{_TIME}{_ZONE})?|{_PARTIAL})$",
    "instant": f"^{_DAY}T{_TIME}{_ZONE}$",
    "time": f"^{_TIME}$",
    "base64Binary": f"^{_BLANKS}(?:(?:{_BASE64}){{4}})*(?:(?:{_BASE64}){{4}}|(?:{_BASE64}){{3}}={_BLANKS}"
    f"|(?:{_BASE64}){{2}}={_BLANKS}={_BLANKS})$",
    "currency": "^[A-Z]{3}$",
    "mime": r"^[^ /]+/[^ /]+(?: [^ ]+)*$",
}
WHOLE = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}
MAX_WHOLE = 2**31 - 1

URN, GOOD_URN = "^urn:(?:uuid|oid):", f"^urn:(?:uuid:{_UUID}|oid:{OID})$"  # for any uri
SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*:"
ABSOLUTE = f"^{SCHEME}"
UCUM = "http://unitsofmeasure.org"
TAIL = rf"/{ID}(?:/_history/{ID})?"  # of a reference, after the type
