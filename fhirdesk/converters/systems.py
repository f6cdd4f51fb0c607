"""Code systems: what the clinic calls them, where they live (docs/mapping.md), and LOINC's check digit."""

import re
from functools import lru_cache

from fhirdesk.converters.context import Context

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
UCUM = "http://unitsofmeasure.org"
_KOREA = "http://www.hl7korea.or.kr/CodeSystem/"

SYSTEMS = {
    "LOINC": LOINC,
    "SNOMED CT": SNOMED,
    "SNOMED": SNOMED,
    "ICD-10": "http://hl7.org/fhir/sid/icd-10",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "KCD": f"{_KOREA}kostat-kcd-8",
    "KCD-8": f"{_KOREA}kostat-kcd-8",
    "KCD-9": f"{_KOREA}kostat-kcd-9",
    "EDI": f"{_KOREA}hira-edi-procedure",
    "EDI-DRUG": f"{_KOREA}hira-edi-medication",
    "KD": f"{_KOREA}kpis-kdcode",
    "ATC": "http://www.whocc.no/atc",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "DCM": DICOM,
}
OIDS = {  # as HL7 registered them
    "2.16.840.1.113883.6.1": LOINC,
    "2.16.840.1.113883.6.96": SNOMED,
    "2.16.840.1.113883.6.3": SYSTEMS["ICD-10"],
    "2.16.840.1.113883.6.90": SYSTEMS["ICD-10-CM"],
    "2.16.840.1.113883.6.73": SYSTEMS["ATC"],
    "2.16.840.1.113883.6.88": SYSTEMS["RXNORM"],
    "1.2.840.10008.2.16.4": DICOM,
}
_SPELLED = {"RXNORM": "RxNorm"}
_NAMES = {system: _SPELLED.get(name, name) for name, system in reversed(SYSTEMS.items())}
_BY_LETTERS = {re.sub(r"[^A-Z0-9]", "", name): system for name, system in SYSTEMS.items()}
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*)){3,}", re.ASCII)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)


def system_of(name: str | None, own: str, context: Context) -> str:
    """Returns the URI of the system that the name means; for no name or an unknown one, the clinic's own system
    `own`."""
    if name is None:
        return context.code_system(own)
    return find_system(name) or context.code_system(own)


@lru_cache(4096)
def find_system(name: str) -> str | None:
    """Returns the URI of the system that the clinic's name means, or None. Names are compared by letters and digits in
    any case; an OID or an absolute URI names its own system."""
    oid = name.lower().removeprefix("urn:oid:")
    if _OID.fullmatch(oid):
        return OIDS.get(oid, f"urn:oid:{oid}")
    system = _BY_LETTERS.get(re.sub(r"[\s_./-]", "", name).upper())
    return system or (name if _ABSOLUTE.fullmatch(name) else None)


def name_of(system: object, own: str, context: Context, default: str | None = None) -> str | None:
    """Returns the clinic's name of a system: the first listed, else its URI. None if there is no system, or if it is
    the one that is meant without a name (`default`'s, else the clinic's own)."""
    if not isinstance(system, str) or system == system_of(default, own, context):
        return None
    return _NAMES.get(system, system)


@lru_cache(4096)
def is_loinc_code(code: str) -> bool:
    """Whether the code has LOINC's shape and a right check digit (Luhn over the number)."""
    match = re.fullmatch(r"(\d{1,7})-(\d)", code, re.ASCII)
    if not match:
        return False
    total = 0
    for index, digit in enumerate(reversed(match[1])):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return (10 - total % 10) % 10 == int(match[2])
