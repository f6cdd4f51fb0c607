"""The marks by which a resource of another FHIR version is recognised. Used by the build alone.

STU3 and R5 are compared with R4 from fhir.resources' own classes; DSTU2, which it no longer has, from a short table.
A mark is an element R4 does not have, or has in another JSON shape.
"""

from collections.abc import Mapping
from typing import Any

Marks = dict[str, dict[str, list[str]]]  # element → shape ("any", "text", "object", "list") → versions

DSTU2_TYPES = "Conformance DeviceUseRequest DiagnosticOrder ImagingObjectSelection MedicationOrder Order OrderResponse"
DSTU2: dict[str, str] = {  # type → elements; name:shape where R4 has the name, too
    "AllergyIntolerance": "substance reporter status lastOccurence category:text clinicalStatus:text note:object"
    " verificationStatus:text",
    "Condition": "patient dateRecorded notes clinicalStatus:text verificationStatus:text category:object stage:object"
    " abatementBoolean onsetQuantity",
    "DiagnosticReport": "request codedDiagnosis image performer:object category:object",
    "Encounter": "indication reason incomingReferral class:text patient",
    "ImagingStudy": "patient uid accession order modalityList availability url interpreter:object procedure:list",
    "MedicationAdministration": "practitioner prescription wasNotGiven reasonGiven reasonNotGiven"
    " effectiveTimeDateTime effectiveTimePeriod",
    "MedicationStatement": "patient wasNotTaken reasonForUseCodeableConcept reasonForUseReference note:text"
    " supportingInformation",
    "Observation": "comments reliability related category:object interpretation:object",
    "Patient": "animal careProvider",
    "Procedure": "notes request notPerformed reasonNotPerformed reasonCodeableConcept reasonReference:object",
}


def marks(r4: Mapping[str, Mapping[str, str]], others: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, Any]:
    """Returns {"types": type → versions, "elements": type → Marks}. `r4`, `others[version]`: type → element → shape."""
    types: dict[str, list[str]] = {name: ["DSTU2"] for name in DSTU2_TYPES.split()}
    elements: dict[str, Marks] = {}
    for version, models in others.items():
        for name, shapes in models.items():
            if name not in r4:
                types.setdefault(name, []).append(version)
                continue
            for element, shape in shapes.items():
                _mark(elements.setdefault(name, {}), r4[name], element, shape, version)
    for name, listed in DSTU2.items():
        for word in listed.split():
            element, _, shape = word.partition(":")
            _mark(elements.setdefault(name, {}), r4[name], element, shape or "any", "DSTU2")
    return {"types": types, "elements": {name: type_marks for name, type_marks in elements.items() if type_marks}}


def _mark(marks: Marks, r4: Mapping[str, str], element: str, shape: str, version: str) -> None:
    r4_shape = r4.get(element)
    if r4_shape == shape or (r4_shape and shape == "any"):
        return
    versions = marks.setdefault(element, {}).setdefault(shape if r4_shape else "any", [])
    if version not in versions:
        versions.append(version)
