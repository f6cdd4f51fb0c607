"""A clinic that does not exist: Korean people, visits and lab results, by seed, streamed."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

FAMILY = [
    "김",
    "이",
    "박",
    "최",
    "정",
    "강",
    "조",
    "윤",
    "장",
    "임",
    "한",
    "오",
    "서",
    "신",
    "권",
    "황",
    "안",
    "송",
    "류",
    "홍",
    "남궁",
    "황보",
    "제갈",
    "선우",
]
GIVEN = [
    "가",
    "건",
    "경",
    "기",
    "나",
    "다",
    "도",
    "라",
    "람",
    "리",
    "민",
    "별",
    "보",
    "산",
    "새",
    "서",
    "솔",
    "수",
    "아",
    "연",
    "영",
    "온",
    "우",
    "윤",
    "은",
    "이",
    "재",
    "정",
    "주",
    "지",
    "진",
    "찬",
    "하",
    "현",
    "혜",
    "호",
    "희",
]
CITIES = [
    "서울특별시",
    "부산광역시",
    "대구광역시",
    "인천광역시",
    "광주광역시",
    "대전광역시",
    "울산광역시",
    "경기도",
    "강원특별자치도",
    "제주특별자치도",
]
ROADS = ["가온로", "나래로", "다솜길", "라온로", "마루길", "바람로", "새솔길", "아람로", "자람길", "하늘로"]
DEPARTMENTS = ["내과", "외과", "가정의학과", "소아청소년과", "정형외과", "이비인후과"]
REASONS = ["건강검진", "기침", "두통", "복통", "혈압", "관리", "당뇨", "관리"]
KST = timezone(timedelta(hours=9))
# code, name, unit, low, high, decimals
TESTS = (
    ("718-7", "혈색소", "g/dL", 12.0, 17.0, 1),
    ("2345-7", "혈당", "mg/dL", 70, 100, 0),
    ("2160-0", "크레아티닌", "mg/dL", 0.5, 1.2, 2),
    ("2093-3", "총콜레스테롤", "mg/dL", 120, 200, 0),
    ("4548-4", "당화혈색소", "%", 4.0, 5.6, 1),
    ("2823-3", "칼륨", "mmol/L", 3.5, 5.1, 1),
    ("2951-2", "나트륨", "mmol/L", 136, 145, 0),
)


def generate(patients: int, seed: int, *, results: int = 5) -> Iterator[dict[str, Any]]:
    """Each patient, then a visit, then `results` lab results of it. The same seed gives the same clinic."""
    rng = random.Random(seed)  # noqa: S311 - invented people, no secret
    for number in range(1, patients + 1):
        yield _patient(rng, number)
        visit = datetime(2026, 1, 5, 9, tzinfo=KST) + timedelta(minutes=rng.randrange(400_000))
        yield _encounter(rng, number, visit)
        for index in range(results):
            yield _result(rng, number, index, results, visit)


def _key(letters: str, number: int) -> str:
    return f"{letters}-2026-{number:06}"


def _patient(rng: random.Random, number: int) -> dict[str, Any]:
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(35_000))
    return {
        "type": "patient",
        "patient_id": _key("P", number),
        "family_name": rng.choice(FAMILY),
        "given_name": rng.choice(GIVEN) + rng.choice(GIVEN),
        "gender": rng.choice("MF"),
        "birth_date": born.isoformat(),
        "phone": f"010-{rng.randrange(10_000):04}-{rng.randrange(10_000):04}",
        "email": f"person{number}@example.com",
        "address": f"{rng.choice(CITIES)} 보기구 {rng.choice(ROADS)} {rng.randrange(1, 300)}",
        "postcode": f"{rng.randrange(1000, 63_000):05}",
    }


def _encounter(rng: random.Random, number: int, visit: datetime) -> dict[str, Any]:
    return {
        "type": "encounter",
        "encounter_id": _key("E", number),
        "patient_id": _key("P", number),
        "encounter_class": "outpatient",
        "status": "completed",
        "started_at": visit.isoformat(),
        "ended_at": (visit + timedelta(minutes=rng.randrange(5, 60))).isoformat(),
        "department": rng.choice(DEPARTMENTS),
        "practitioner_name": f"{rng.choice(FAMILY)}{rng.choice(GIVEN)}{rng.choice(GIVEN)}",
        "reason": rng.choice(REASONS),
    }


def _result(rng: random.Random, number: int, index: int, results: int, visit: datetime) -> dict[str, Any]:
    code, name, unit, low, high, decimals = TESTS[index % len(TESTS)]
    value = rng.uniform(low - (high - low) * 0.4, high + (high - low) * 0.4)
    return {
        "type": "lab_result",
        "result_id": _key("LR", (number - 1) * results + index + 1),
        "patient_id": _key("P", number),
        "encounter_id": _key("E", number),
        "test_code": code,
        "test_name": name,
        "result_value": f"{value:.{decimals}f}",
        "result_unit": unit,
        "reference_low": f"{low:.{decimals}f}",
        "reference_high": f"{high:.{decimals}f}",
        "resulted_at": (visit + timedelta(minutes=45)).isoformat(),
    }
