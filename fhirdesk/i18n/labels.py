"""What states, record types, fields and FHIR's elements are called in front of people: tables, looked up when shown."""

from fhirdesk.core.queue_entry import Status
from fhirdesk.i18n.translation import N_, _

STATUSES: dict[Status, str] = {  # of an entry
    Status.PENDING: N_("Not sent"),
    Status.HELD: N_("Held"),
    Status.PROCESSING: N_("Sending"),
    Status.UNKNOWN: N_("Checking"),
    Status.CONFLICT: N_("Conflict"),
    Status.FAILED: N_("Refused"),
    Status.COMPLETED: N_("Done"),
    Status.SUPERSEDED: N_("Replaced"),
    Status.CANCELLED: N_("Taken back"),
}
TYPES = {
    "patient": N_("Patient"),
    "encounter": N_("Visit"),
    "lab_result": N_("Lab result"),
    "ai_job": N_("AI report"),
    "order": N_("Order"),
    "radiology_order": N_("Radiology order"),
    "diagnosis": N_("Diagnosis"),
    "radiology_study": N_("Imaging study"),
    "allergy": N_("Allergy"),
    "resource": N_("FHIR resource"),
}
FIELDS = {
    "patient_id": N_("Patient number"),
    "family_name": N_("Family name"),
    "given_name": N_("Given name"),
    "gender": N_("Gender"),
    "birth_date": N_("Date of birth"),
    "phone": N_("Phone"),
    "email": N_("Email"),
    "address": N_("Address"),
    "postcode": N_("Postcode"),
    "openemr_patient_id": N_("Number on the server"),
    "encounter_id": N_("Visit number"),
    "encounter_class": N_("Kind of visit"),
    "status": N_("Status"),
    "started_at": N_("Start"),
    "ended_at": N_("End"),
    "department": N_("Department"),
    "practitioner_name": N_("Practitioner"),
    "reason": N_("Reason"),
    "result_id": N_("Result number"),
    "order_id": N_("Order number"),
    "test_code": N_("Test code"),
    "test_code_system": N_("Code system of the test"),
    "test_name": N_("Test"),
    "result_value": N_("Value"),
    "result_unit": N_("Unit"),
    "reference_low": N_("Lower limit"),
    "reference_high": N_("Upper limit"),
    "is_abnormal": N_("Abnormal"),
    "abnormal_flag": N_("Flag"),
    "resulted_at": N_("Result time"),
    "comments": N_("Comments"),
    "job_id": N_("Report number"),
    "study_id": N_("Study number"),
    "model_name": N_("Model"),
    "model_version": N_("Version of the model"),
    "completed_at": N_("Completed"),
    "title": N_("Title"),
    "conclusion": N_("Conclusion"),
    "confidence": N_("Confidence"),
    "findings": N_("Findings"),
    "result": N_("Result"),
    "order_type": N_("Kind of order"),
    "priority": N_("Priority"),
    "code": N_("Code"),
    "code_system": N_("Code system"),
    "display": N_("Name of the order"),
    "instructions": N_("Instructions"),
    "body_site": N_("Body site"),
    "dose_value": N_("Dose"),
    "dose_unit": N_("Unit of the dose"),
    "route": N_("Route"),
    "frequency_per_day": N_("Times a day"),
    "duration_days": N_("Days"),
    "quantity": N_("Quantity"),
    "performed_at": N_("Performed"),
    "performed_end": N_("Performed until"),
    "ordered_at": N_("Ordered"),
    "ordered_by": N_("Ordered by"),
    "modality": N_("Modality"),
    "body_part": N_("Body part"),
    "laterality": N_("Side"),
    "clinical_info": N_("Clinical information"),
    "contrast": N_("Contrast"),
    "diagnosis_id": N_("Diagnosis number"),
    "icd_code": N_("Diagnosis code"),
    "snomed_code": N_("SNOMED CT code"),
    "diagnosis_name": N_("Diagnosis"),
    "diagnosis_type": N_("Kind of diagnosis"),
    "clinical_status": N_("Clinical status"),
    "verification": N_("Verification"),
    "severity": N_("Severity"),
    "onset_date": N_("Onset"),
    "resolved_date": N_("Resolved"),
    "recorded_at": N_("Recorded"),
    "study_instance_uid": N_("Study UID"),
    "accession_number": N_("Accession number"),
    "description": N_("Description"),
    "num_series": N_("Number of series"),
    "num_instances": N_("Number of images"),
    "wado_url": N_("Address of the images"),
    "series": N_("Series"),
    "allergy_id": N_("Allergy number"),
    "allergen_code": N_("Allergen code"),
    "allergen_name": N_("Allergen"),
    "category": N_("Category"),
    "criticality": N_("Criticality"),
    "reaction": N_("Reaction"),
    "created_at": N_("Created"),
    "updated_at": N_("Changed"),
    "type": N_("Kind of record"),
}
# what people call a FHIR element when no field of the record is named
ELEMENTS = {
    "telecom phone": "phone",
    "telecom email": "email",
    "telecom": "phone",
    "address": "address",
    "name": "family_name",
    "gender": "gender",
    "birthDate": "birth_date",
    "status": "status",
    "period": "started_at",
    "code": "code",
    "priority": "priority",
    "valueQuantity": "result_value",
    "valueString": "result_value",
    "conclusion": "conclusion",
    "note": "comments",
    "severity": "severity",
}


def status_label(status: Status, lang: str | None = None) -> str:
    """What the state of an entry is called, in `lang` or the language that is shown now."""
    return _(STATUSES[status], lang)


def type_label(name: str, lang: str | None = None) -> str:
    """What a record type is called; a plug-in's type is shown by its own name."""
    return _(TYPES[name], lang) if name in TYPES else name


def field_label(name: str) -> str:
    """What a record's field is called, as the form shows it; a field without a label is shown by its own name."""
    return _(FIELDS[name]) if name in FIELDS else name


def element_labels(named: str) -> str:
    """What several elements are called: 'phone, email', or elements such as 'address home' by the form's labels."""
    return ", ".join(dict.fromkeys(inside_sentence(_element_label(e)) for e in named.split(", ")))


def inside_sentence(word: str) -> str:
    """A label as it stands inside a sentence: 'phone', but 'AI report'."""
    return word if word[1:2].isupper() else word[:1].lower() + word[1:]


def _element_label(named: str) -> str:
    if named in FIELDS:
        return field_label(named)
    path = named.partition(".")[2] if named[:1].isupper() and "." in named else named
    field = next((field for element, field in ELEMENTS.items() if path.startswith(element)), None)
    return field_label(field) if field else named
