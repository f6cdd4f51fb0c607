"""What an attempt keeps of an answer."""

from types import SimpleNamespace

from fhirdesk.core.resource import Issue
from fhirdesk.store.schema.rows import ISSUES, attempt_from_row, said


def issues(answer: str | None, issue: str | None = None) -> tuple[Issue, ...]:
    row = SimpleNamespace(
        **dict.fromkeys(("status", "request_id", "ms", "expires_at", "request")),
        number=1,
        at=0.0,
        phase="answered",
        issue=issue,
        answer=answer,
    )
    return attempt_from_row("u", row).issues


def test_every_issue_comes_back_and_one_that_never_ends_is_cut() -> None:
    two = (Issue("error", "value", "Patient.birthDate", "s|c", "[{too old"), Issue("warning", "invalid"))
    assert issues(said(two)) == two
    assert len(issues(said([two[0]] * 1000))) == ISSUES
    assert said(()) is None and issues(None) == ()


def test_a_row_of_an_older_version_holds_the_text_alone() -> None:
    assert issues("too old; too short", "value") == (Issue("error", "value", text="too old; too short"),)
