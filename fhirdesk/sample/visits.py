"""What a visit brings: an encounter and a diagnosis, orders, lab results, an allergy, images."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from fhirdesk.sample.book import Book, Case
from fhirdesk.sample.images import images
from fhirdesk.sample.people import doctor, key
from fhirdesk.sample.words import (
    ALLERGENS,
    CRP,
    ORDERS,
    PROCEDURES,
    STICK_WORDS,
    STICKS,
    TESTS,
    VISITS,
    Test,
)

KST = timezone(timedelta(hours=9))
FOLLOW_UPS = ("scheduled", "no_show", "cancelled")


def visit(book: Book, number: int, gender: str) -> Iterator[dict[str, Any]]:
    """Yields all records of one patient's visit but the patient, parents before children."""
    rng = book.rng
    day = datetime(2026, 1, 5, 9, tzinfo=KST) + timedelta(days=rng.randrange(280), minutes=rng.randrange(480))
    case = Case(key("P", number), book.next("E"), day, doctor(rng), rng.choice(VISITS))
    yield _encounter(case, rng)
    if number % 6 == 0:
        yield _follow_up(book, case)
    yield _diagnosis(book, case)
    if number % 4 == 0:
        yield _allergy(book, case)
    yield from _orders(book, case, number)
    yield from _results(book, case, number)
    if number % 3 == 0:
        yield from images(book, case, number, gender)


def _encounter(case: Case, rng: random.Random) -> dict[str, Any]:
    return {
        "type": "encounter",
        "encounter_id": case.encounter,
        "patient_id": case.patient,
        "encounter_class": rng.choices(("outpatient", "emergency", "inpatient"), (90, 7, 3))[0],
        "status": "completed",
        "started_at": case.later(0),
        "ended_at": case.later(rng.randrange(30, 90)),
        "department": case.why.department,
        "practitioner_name": case.doctor,
        "reason": case.why.reason,
    }


def _follow_up(book: Book, case: Case) -> dict[str, Any]:
    return {
        "type": "encounter",
        "encounter_id": book.next("E"),
        "patient_id": case.patient,
        "encounter_class": book.rng.choice(("outpatient", "virtual")),
        "status": book.rng.choice(FOLLOW_UPS),
        "started_at": case.later(14 * 24 * 60),
        "department": case.why.department,
        "practitioner_name": case.doctor,
    }


def _diagnosis(book: Book, case: Case) -> dict[str, Any]:
    over = case.why.passes and book.rng.random() < 0.5
    return case.about(
        "diagnosis",
        diagnosis_id=book.next("D"),
        icd_code=case.why.kcd,
        code_system="KCD",
        snomed_code=case.why.snomed,
        diagnosis_name=case.why.diagnosis,
        diagnosis_type="primary",
        clinical_status="resolved" if over else "active",
        verification=book.rng.choice(("confirmed", "confirmed", "provisional")),
        severity=book.rng.choice(("mild", "moderate", "severe")),
        onset_date=case.later(-3 * 24 * 60)[:10],
        resolved_date=case.later(10 * 24 * 60)[:10] if over else None,
        recorded_at=case.later(20),
    )


def _allergy(book: Book, case: Case) -> dict[str, Any]:
    to = book.rng.choice(ALLERGENS)
    return {
        "type": "allergy",
        "allergy_id": book.next("A"),
        "patient_id": case.patient,
        "allergen_code": to.code,
        "allergen_name": to.name,
        "category": to.category,
        "criticality": book.rng.choice(("low", "high", "unable-to-assess")),
        "reaction": to.reaction,
        "severity": book.rng.choice(("mild", "Moderate", "SEVERE")),
        "status": "active",
        "verification": book.rng.choice(("confirmed", "unconfirmed")),
        "recorded_at": case.later(5),
    }


def _orders(book: Book, case: Case, number: int) -> Iterator[dict[str, Any]]:
    """Yields a prescription for nearly all, for some a procedure or another order."""
    if number % 5:
        yield _prescription(book, case)
    if number % 7 == 0:
        code, name = book.rng.choice(PROCEDURES)
        fields = {"order_type": "procedure", "code": code, "code_system": "SNOMED CT", "display": name}
        fields |= {"performed_at": case.later(30), "performed_end": case.later(45)}
        yield case.order("order", book.next("O"), "completed", **fields)
    if number % 9 == 0:
        order_type, name = book.rng.choice(ORDERS)
        status, urgency = book.rng.choice(("ordered", "completed", "cancelled")), book.rng.choice(("routine", "urgent"))
        yield case.order("order", book.next("O"), status, order_type=order_type, display=name, priority=urgency)


def _prescription(book: Book, case: Case) -> dict[str, Any]:
    drug = case.why.drug
    return case.order(
        "order",
        book.next("O"),
        book.rng.choice(("active", "ordered", "completed")),
        order_type="medication",
        code=drug.code,
        code_system="ATC",
        display=drug.name,
        instructions=drug.told,
        dose_value=drug.dose,
        dose_unit=drug.unit,
        route="경구",
        frequency_per_day=drug.daily,
        duration_days=drug.days,
        quantity=drug.daily * drug.days,
    )


def _results(book: Book, case: Case, number: int) -> Iterator[dict[str, Any]]:
    """Yields the order of the blood tests, then their results."""
    if not book.results:
        return
    order = book.next("O")
    yield case.order("order", order, "completed", order_type="lab", display="혈액·소변 검사", priority="routine")
    for index in range(book.results):
        yield case.about(
            "lab_result", result_id=book.next("LR"), order_id=order, resulted_at=case.later(45)
        ) | _outcome(book.rng, number, index)


def _outcome(rng: random.Random, number: int, index: int) -> dict[str, Any]:
    """Returns a test and its result: nearly always a number, now and then a limit or a word."""
    if index == 4 and number % 4 == 1:
        code, name = rng.choice(STICKS)
        return {"test_code": code, "test_name": name, "result_value": rng.choice(STICK_WORDS)}
    if index == 4 and number % 4 == 2:
        return _measured(CRP, "<0.3")
    test = TESTS[(number + index) % len(TESTS)]
    spread = (test.high - test.low) * 0.4
    value = max(rng.uniform(test.low - spread, test.high + spread), 0)
    return _measured(test, f"{value:.{test.decimals}f}")


def _measured(test: Test, value: str) -> dict[str, Any]:
    return {
        "test_code": test.code,
        "test_name": test.name,
        "result_value": value,
        "result_unit": test.unit,
        "reference_low": f"{test.low:.{test.decimals}f}",
        "reference_high": f"{test.high:.{test.decimals}f}",
    }
