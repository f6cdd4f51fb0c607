"""What the embedded server says when it refuses: OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def outcome(code: str, text: str, *, severity: str = "error", expression: str | None = None) -> dict[str, Any]:
    """Return an OperationOutcome with one issue."""
    issue: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": text}, "diagnostics": text}
    if expression:
        issue["expression"] = [expression]
    return {"resourceType": "OperationOutcome", "issue": [issue]}


class Refusal(Exception):
    """An answer that is not 2xx, with its body."""

    def __init__(self, status: int, code: str, text: str, *, expression: str | None = None, **headers: str):
        super().__init__(text)
        self.status = status
        self.body = outcome(code, text, expression=expression)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @classmethod
    def with_body(cls, status: int, body: Mapping[str, Any]) -> "Refusal":
        """Return a refusal whose outcome has several issues."""
        refusal = cls(status, "invalid", "refused")
        refusal.body = dict(body)
        return refusal


@dataclass(slots=True)
class Reply:
    """An answer before it goes over the wire. `body` is bytes of JSON, a document, or nothing."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
