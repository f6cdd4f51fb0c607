"""Images: the order, the study, and what a model sees in it."""

from collections.abc import Iterator
from typing import Any

from fhirdesk.sample.book import Book, Case
from fhirdesk.sample.words import PICTURES, Picture

FOR_ALL = tuple(p for p in PICTURES if p.modality != "MAMMO")
JOBS = ("completed", "completed", "completed", "completed", "running", "failed")


def images(book: Book, case: Case, number: int, gender: str) -> Iterator[dict[str, Any]]:
    """Yields an order, its study, and for most a model's job; every fifth study has no order."""
    picture = book.rng.choice(PICTURES if gender == "F" else FOR_ALL)
    order = None if number % 15 == 0 else book.next("R")
    if order:
        yield _order(book, case, picture, order)
    study = book.next("S")
    yield _study(book, case, picture, order, study)
    if number % 12:
        yield _job(book, case, picture, study)


def _order(book: Book, case: Case, picture: Picture, order: str) -> dict[str, Any]:
    return case.order(
        "radiology_order",
        order,
        "completed",
        modality=picture.modality,
        body_part=picture.part,
        laterality=picture.side,
        clinical_info=case.why.reason,
        contrast=book.rng.random() < 0.3 if picture.modality in ("CT", "MRI") else None,
        priority=book.rng.choice(("routine", "urgent", "stat")),
    )


def _study(book: Book, case: Case, picture: Picture, order: str | None, study: str) -> dict[str, Any]:
    uid = f"2.25.{book.rng.getrandbits(96)}"
    series = [
        {"uid": f"{uid}.{n}", "number": n, "description": f"{picture.part} {n}", "num_instances": n * 10}
        for n in range(1, book.rng.randrange(2, 4))
    ]
    return case.about(
        "radiology_study",
        study_id=study,
        order_id=order,
        study_instance_uid=uid,
        accession_number=f"ACC{study[2:]}",
        modality=picture.modality,
        body_part=picture.part,
        description=f"{picture.part} {picture.modality}",
        started_at=case.later(60),
        num_series=len(series),
        num_instances=sum(s["num_instances"] for s in series),
        wado_url=f"https://pacs.example.org/dicom-web/studies/{uid}",
        series=series,
    )


def _job(book: Book, case: Case, picture: Picture, study: str) -> dict[str, Any]:
    """Returns a model's job under the next number; only a completed one has findings."""
    book.numbers["job"] += 1
    job = 700_000 + book.numbers["job"]
    status = book.rng.choice(JOBS)
    head = case.about("ai_job", job_id=job, study_id=study, model_name=picture.model, model_version="2.1.0")
    return head | {"status": status} | (_findings(book, case, picture) if status == "completed" else {})


def _findings(book: Book, case: Case, picture: Picture) -> dict[str, Any]:
    share = f"0.{book.rng.randrange(1, 100):02}"
    sees = share > "0.50"
    coded = {"code": picture.code, "code_system": "SNOMED CT", "display": picture.finding, "probability": share}
    x, y = book.rng.randrange(200), book.rng.randrange(200)
    return {
        "completed_at": case.later(75),
        "title": f"{picture.part} 영상 판독 보조",
        "conclusion": f"{picture.finding} 소견 {'의심' if sees else '없음'}",
        "confidence": f"0.{book.rng.randrange(70, 100)}0",
        "findings": [coded, "판독의 확인 필요"] if sees else [coded],
        "result": {"percent": int(share[2:]), "boxes": [[x, y, x + 40, y + 40]] if sees else []},
    }
