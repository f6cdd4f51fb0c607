"""No sentence loses a parameter: whichever test has one said, it fails."""

import pytest

from fhirdesk.i18n import messages
from tests.marks import find_keywords


def pytest_itemcollected(item: pytest.Item) -> None:
    item.extra_keyword_matches.update(find_keywords(item))


@pytest.fixture(autouse=True)
def no_parameter_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(name: str) -> str:
        raise AssertionError(f"the parameter {name} of a sentence was lost")

    monkeypatch.setattr(messages, "missing", lost)
