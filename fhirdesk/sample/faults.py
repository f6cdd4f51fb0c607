"""What goes wrong in real exports, for rehearsals: a few records with one fault each."""

import random
from typing import Any

SHARE = 0.03  # of the records
Record = dict[str, Any]
# type → what to change; None takes the field out
FAULTS: dict[str, tuple[dict[str, Any], ...]] = {
    "patient": (
        {"gender": "남"},
        {"birth_date": "1985-02-30"},
        {"birth_date": None},
        {"family_name": None, "given_name": None},
        {"memo": "초진"},
    ),
    "encounter": (
        {"ended_at": "2025-12-31T09:00:00+09:00"},
        {"encounter_class": "외래"},
        {"status": "done"},
        {"started_at": "2026-13-01T09:00:00+09:00"},
    ),
    "diagnosis": (
        {"icd_code": None},
        {"diagnosis_name": " "},
        {"clinical_status": "healed"},
        {"onset_date": "2026-02-30"},
        {"onset_date": "2027-01-01", "resolved_date": "2026-12-01", "clinical_status": "resolved"},
    ),
    "allergy": ({"allergen_name": None}, {"category": "pollen"}, {"severity": "심함"}),
    "order": (
        {"priority": "high"},
        {"ordered_at": "2026/03/01"},
        {"display": None, "instructions": None},
        {"order_type": "처방"},
    ),
    "lab_result": (
        {"result_value": None},
        {"reference_low": "9.0", "reference_high": "1.0"},
        {"resulted_at": "2026-04-31T10:00:00+09:00"},
        {"abnormal_flag": "↑"},
        {"test_name": None},
    ),
    "radiology_order": ({"modality": "엑스레이"}, {"laterality": "상"}, {"contrast": "maybe"}),
    "radiology_study": ({"study_instance_uid": "없음"}, {"num_series": "둘"}, {"modality": "CAMERA"}),
    "ai_job": ({"status": "done"}, {"confidence": "97%"}, {"model_name": None}),
}


def spoil(record: Record, luck: random.Random) -> Record:
    """Returns the record, now and then with one fault; None stands for a missing field."""
    if luck.random() >= SHARE:
        return record
    return record | luck.choice(FAULTS[record["type"]])
