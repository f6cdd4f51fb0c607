"""Only the store announces changes of data, after the commit; what is said of the server comes from sync.link."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAY_PUBLISH = {"fhirdesk/store/database/sqlite_store.py", "fhirdesk/sync/link/server_link.py"}


def _publishes(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Attribute) and call.func.attr == "publish" for call in calls)


def test_only_the_store_and_the_link_to_the_server_publish_events() -> None:
    modules = [path for package in ("fhirdesk", "ui") for path in (ROOT / package).rglob("*.py")]
    assert {path.relative_to(ROOT).as_posix() for path in modules if _publishes(path)} == MAY_PUBLISH


def test_only_the_link_mentions_what_decides_whether_the_server_may_be_asked() -> None:
    words = re.compile(r"circuit|RateLimiter|\.limiter\b", re.IGNORECASE)
    modules = {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in (ROOT / "fhirdesk").rglob("*.py")}
    mentions = {name.rpartition("/")[0] for name, text in modules.items() if words.search(text)}
    assert mentions == {"fhirdesk/sync/link"}
