"""A clinic that does not exist: invented Korean people and what is done for them, by seed, streamed."""

import random
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from fhirdesk.sample import faults as wrong
from fhirdesk.sample.book import Book
from fhirdesk.sample.people import patient
from fhirdesk.sample.visits import visit

REFERS_TO = {"encounter_id": "encounter", "order_id": "order", "study_id": "radiology_study"}
OWN_KEYS = {
    "encounter": "encounter_id",
    "order": "order_id",
    "radiology_order": "order_id",
    "radiology_study": "study_id",
}


def generate(
    patients: int, seed: int, *, results: int = 5, types: Collection[str] | None = None, faults: bool = False
) -> Iterator[dict[str, Any]]:
    """Yields each patient and about 12 records of a visit, parents before children: an encounter, a diagnosis, orders,
    `results` lab results, for some an allergy or images and a model's findings. The same seed gives the same clinic.
    `types`: only records of those types, without references to others. `faults`: a few records are wrong."""
    rng, luck = random.Random(seed), random.Random(f"{seed} faults")  # noqa: S311 - invented people, no secret
    book = Book(rng, Counter(), results)
    for number in range(1, patients + 1):
        person = patient(rng, number)
        for record in (person, *visit(book, number, person["gender"])):
            if types is None or record["type"] in types:
                yield _without_unknown(wrong.spoil(record, luck) if faults else record, types)


def _without_unknown(record: dict[str, Any], types: Collection[str] | None) -> dict[str, Any]:
    """Returns the record without empty fields and without references to types that are left out."""
    own = OWN_KEYS.get(record["type"])
    hidden = {name for name, type_ in REFERS_TO.items() if types is not None and type_ not in types and name != own}
    return {name: value for name, value in record.items() if value is not None and name not in hidden}
