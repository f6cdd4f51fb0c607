"""The clinic's book while it is written: chance, the next free keys, and one visit."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fhirdesk.sample.people import key
from fhirdesk.sample.words import Visit


@dataclass(frozen=True)
class Book:
    """The clinic's book: chance, how far each kind of number is, how many results a visit has."""

    rng: random.Random
    numbers: Counter[str]
    results: int

    def next(self, letters: str) -> str:
        """Takes the next free key with those letters, and returns it."""
        self.numbers[letters] += 1
        return key(letters, self.numbers[letters])


@dataclass(frozen=True)
class Case:
    """One visit while it is told: whose, which, when, by whom, why."""

    patient: str
    encounter: str
    at: datetime
    doctor: str
    why: Visit

    def later(self, minutes: int) -> str:
        """Returns the time that many minutes after the start of the visit, as text."""
        return (self.at + timedelta(minutes=minutes)).isoformat()

    def about(self, type_: str, **fields: Any) -> dict[str, Any]:
        """Returns a record of this visit."""
        return {"type": type_, **fields, "patient_id": self.patient, "encounter_id": self.encounter}

    def order(self, type_: str, key: str, status: str, **fields: Any) -> dict[str, Any]:
        """Returns an order of this visit."""
        by = {"ordered_at": self.later(10), "ordered_by": self.doctor}
        return self.about(type_, order_id=key, status=status, **fields) | by
