"""For every test: no sentence loses a parameter, whichever test has one said; and what is the same is made once."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from fhirdesk.i18n import messages
from fhirdesk.remote import connections
from fhirdesk.store import migrations
from tests import once
from tests.marks import find_keywords

# The machines that run the tests are shared: how long an example takes says nothing of the program.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


def pytest_itemcollected(item: pytest.Item) -> None:
    item.extra_keyword_matches.update(find_keywords(item))


@pytest.fixture(autouse=True)
def no_parameter_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(name: str) -> str:
        raise AssertionError(f"the parameter {name} of a sentence was lost")

    monkeypatch.setattr(messages, "missing", lost)


@pytest.fixture(autouse=True, scope="session")
def what_is_the_same_is_made_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "upgrade", once.upgrade)
        patch.setattr(connections, "trust", once.trust)
        yield
    once.close()
