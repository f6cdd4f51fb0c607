"""The invented people of the sample clinic."""

import random
from datetime import date, timedelta
from typing import Any

from fhirdesk.sample.words import CITIES, FAMILY, FOREIGN, GIVEN, ROADS


def key(letters: str, number: int) -> str:
    """Returns a record key as the clinic writes it."""
    return f"{letters}-2026-{number:06}"


def patient(rng: random.Random, number: int) -> dict[str, Any]:
    """Returns a patient: nearly all are Korean, a few have a given name of one syllable, a few are from abroad."""
    family, given = (rng.choice(FOREIGN)) if number % 50 == 0 else (rng.choice(FAMILY), given_name(rng, number))
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(35_000))
    return {
        "type": "patient",
        "patient_id": key("P", number),
        "family_name": family,
        "given_name": given,
        "gender": rng.choice("MF"),
        "birth_date": born.isoformat(),
        "phone": f"010-{rng.randrange(10_000):04}-{rng.randrange(10_000):04}",
        "email": f"person{number}@example.com",
        "address": f"{rng.choice(CITIES)} 보기구 {rng.choice(ROADS)} {rng.randrange(1, 300)}",
        "postcode": f"{rng.randrange(1000, 63_000):05}",
    }


def given_name(rng: random.Random, number: int) -> str:
    """Returns a given name of two syllables, for every twentieth person of one."""
    return rng.choice(GIVEN) if number % 20 == 0 else rng.choice(GIVEN) + rng.choice(GIVEN)


def doctor(rng: random.Random) -> str:
    """Returns the name of a doctor of the clinic."""
    return rng.choice(FAMILY) + rng.choice(GIVEN) + rng.choice(GIVEN)
