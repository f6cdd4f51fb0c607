"""Answers of a FHIR server, spoilt: right documents in which a few places hold something else, and odd headers."""

import copy
import json
import random
from collections.abc import Sequence
from typing import Any

from tests.factories import SYSTEM

PATIENT: dict[str, Any] = {
    "resourceType": "Patient", "id": "7", "meta": {"versionId": "3", "lastUpdated": "2025", "tag": [{}]},
    "identifier": [{"system": SYSTEM, "value": "P-1", "type": {"coding": [{"system": "x", "code": "PT"}]}}],
    "name": [{"use": "official", "family": "홍", "given": ["길동"], "text": "홍길동"}], "gender": "male",
    "birthDate": "1985-06-15", "telecom": [{"system": "phone", "use": "mobile", "value": "010-1"}],
    "address": [{"use": "home", "text": "서울", "postalCode": "04524", "line": ["a"], "period": {"start": "2020"}}],
    "extension": [{"url": "x", "valueDecimal": 13.50}], "managingOrganization": {"reference": "Organization/1"},
}  # fmt: skip
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation", "id": "9", "meta": {"versionId": "1"}, "status": "final",
    "identifier": [{"system": SYSTEM.replace("patient", "lab-result"), "value": "LR-1"}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hb"}], "text": "Hb"},
    "subject": {"reference": "Patient/7"}, "valueQuantity": {"value": 13.5, "unit": "g/dL", "code": "g/dL"},
    "referenceRange": [{"low": {"value": 12}, "high": {"value": 16}}], "effectiveDateTime": "2025-01-01T00:00:00+09:00",
    "interpretation": [{"coding": [{"code": "N"}]}], "note": [{"text": "x"}], "component": [{"code": {"text": "a"}}],
}  # fmt: skip
OUTCOME: dict[str, Any] = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error", "code": "value", "expression": ["Patient.name[0].family"], "location": ["/a"],
            "details": {"coding": [{"system": "x", "code": "59141", "display": "no"}], "text": "no"},
            "diagnostics": "HAPI-1094: no",
        }
    ],
}  # fmt: skip
ENTRY = {"resource": PATIENT, "response": {"status": "201 Created", "location": "Patient/7/_history/3", "etag": 'W/"3"',
                                           "lastModified": "2025-01-01T00:00:00Z", "outcome": OUTCOME}}  # fmt: skip
LINKS = [{"relation": "self", "url": "x"}, {"relation": "next", "url": "y"}]
ANSWERED = {"resourceType": "Bundle", "type": "batch-response", "entry": [ENTRY, copy.deepcopy(ENTRY)]}
FOUND = {"resourceType": "Bundle", "type": "searchset", "total": 1, "link": LINKS, "entry": [{"resource": PATIENT}]}
STATEMENT: dict[str, Any] = {
    "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "software": {"name": "x", "version": "1"},
    "rest": [
        {
            "mode": "server", "interaction": [{"code": "batch"}, {"code": "transaction"}],
            "resource": [
                {"type": "Patient", "interaction": [{"code": "read"}, {"code": "create"}], "versioning": "versioned",
                 "conditionalCreate": True, "updateCreate": False}
            ],
        }
    ],
}  # fmt: skip
TOKEN = {"access_token": "abc", "token_type": "Bearer", "expires_in": 300, "scope": "system/*.*"}
OTHERS: tuple[Any, ...] = (
    {"error": "invalid_token", "error_description": "old"}, {"error": "An error occurred", "message": "none"},
    {"validationErrors": {"uuid": ["x"]}}, {"pid": 1, "uuid": "9a1b"}, [], None, "text", 5,
)  # fmt: skip
RIGHT: tuple[Any, ...] = (PATIENT, OBSERVATION, OUTCOME, ANSWERED, FOUND, STATEMENT, TOKEN, *OTHERS)

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "x", "\x00", "²", "😀" * 3,
    "http://[", "Patient/7", "../../x", "a" * 70, [], {}, [None], [[]], [{}], ["x"], [1, 2], {"a": 1}, {"": []},
    {"resourceType": []}, {"resourceType": "Patient"}, {"reference": 5}, {"coding": {}}, {"value": {}}, [[[[]]]],
    {"code": ["x"]}, {"system": [], "value": {}}, PATIENT, OUTCOME, [PATIENT],
)  # fmt: skip
HEADERS: dict[str, Sequence[str]] = {
    "location": ("Patient/7/_history/3", "http://here/fhir/Patient/7", "http://[", "//x", "Patient/" + "9" * 80, "²"),
    "content-location": ("Patient/7", "http://[/", "\x7f"),
    "etag": ('W/"3"', "3", 'W/"', "W/", '"', "²", 'W/"a b"', ""),
    "retry-after": ("5", "²", "-1", "1e5", "9" * 400, "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Foo 9", " ", "(", "٣"),
    "ratelimit": ('"default";r=0;t=56', "t=²", "limit=1, remaining=0, reset=5", "t=", ";;;t=1", "t=" + "9" * 400, '"'),
    "date": ("Wed, 21 Oct 2015 07:28:00 GMT", "²", "31 Feb", "Mon, 01 Jan 0001 00:00:00 GMT", "\x00", " ", "0"),
    "content-type": ("application/fhir+json", "text/html", "", ";", "text/plain; charset=²"),
    "x-request-id": ("r", "", "²" * 500),
    "last-modified": ("x",),
}  # fmt: skip
STATUSES = (
    200,
    201,
    202,
    204,
    226,
    301,
    304,
    400,
    401,
    403,
    404,
    405,
    409,
    410,
    412,
    413,
    422,
    423,
    428,
    429,
    500,
    501,
    503,
    511,
    599,
)


class Spoiler:
    """Documents by seed."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)

    def document(self, *right: Any) -> Any:
        """One of those (any, if none is named) with up to three places spoilt."""
        made = [copy.deepcopy(self._random.choice(right or RIGHT))]
        for _ in range(self._random.randint(0, 3)):
            self._spoil(made)
        return made[0]

    def _spoil(self, node: Any) -> None:
        """Some place under it."""
        while True:
            places = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not places:
                return
            place = self._random.choice(places)
            below = node[place]
            if not isinstance(below, dict | list) or not below or self._random.random() < 0.15:
                break
            node = below
        if isinstance(node, dict) and self._random.random() < 0.1:
            del node[place]
        else:
            node[place] = copy.deepcopy(self._random.choice((*ODD, [below], {"x": below})))

    def headers(self) -> dict[str, str]:
        """Some headers, the odd ones too."""
        named = [name for name in HEADERS if self._random.random() < 0.4]
        return {name: self._random.choice(HEADERS[name]) for name in named}

    def status(self) -> int:
        """Any status."""
        return self._random.choice(STATUSES)

    def data(self, document: Any) -> bytes:
        """As it comes over the wire; now and then cut."""
        data = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        return data[: self._random.randint(0, len(data))] if self._random.random() < 0.03 else data
