"""The page of verdicts: which answers mean what, and what becomes of the entry; from the tables that decide it."""

from collections import defaultdict

from docs.build.markdown import code, escape, page, table
from docs.build.source import Source
from fhirdesk.core.exchange import Delivery, Verdict
from fhirdesk.remote.outcome import DELIVERY, ISSUE, NOT_FOUND, REFINED, STATUS
from fhirdesk.sync.verdict_rules import RULES

INTRO = """An answer is read once. Its status gives a verdict; on {refined} the worst issue of the OperationOutcome
refines it. The verdict is kept with the attempt, and what becomes of the entry follows from it alone. These are the
tables of `remote/outcome.py` and `sync/verdict_rules.py`; docs/queue.md says why they are as they are."""


def write_page() -> str:
    """The two tables, one after the other."""
    refined = ", ".join(map(str, sorted(REFINED)))
    answers, comments = _answers(), _comments()
    rows = ((code(v.value), escape(comments.get(v, "")), ", ".join(answers[v]), *_fate(v)) for v in Verdict)
    heads = ("verdict", "means", "answers", "the entry is then", "and")
    return page("Answers and verdicts", INTRO.format(refined=refined), table(heads, rows), _issues())


def _answers() -> dict[Verdict, list[str]]:
    """What gives each verdict by itself."""
    answers: dict[Verdict, list[str]] = defaultdict(list)
    answers[Verdict.DONE].append("2xx with a proof")
    answers[Verdict.UNPROVED].append("2xx without one")
    answers[Verdict.MIXED_UP].append("2xx about another record")
    answers[Verdict.NOT_FHIR].append("a web page, or another type of resource")
    answers[Verdict.MOVED].append("3xx")
    for delivery, verdict in DELIVERY.items():
        answers[verdict].append(DELIVERIES[delivery])
    for status, verdict in STATUS.items():
        answers[verdict].append(str(status))
    for interaction, verdict in NOT_FOUND.items():
        answers[verdict].append(f"404 to a {interaction}")
    return answers


DELIVERIES = {
    Delivery.NOT_SENT: "no byte was written",
    Delivery.NOT_TRUSTED: "a certificate that is not trusted",
    Delivery.LOST: "no whole answer",
}


def _fate(verdict: Verdict) -> tuple[str, str]:
    """The state of the entry after a verdict, and what else follows."""
    if verdict is Verdict.DONE:
        return "completed", "read back first where the answer does not tell what is stored"
    rule = RULES[verdict]
    also = {
        "everything pauses until a person acts": rule.pauses,
        "the server is left alone for a while": rule.server_waits,
        "the attempt counts": rule.counts,
    }
    return rule.status.value, "; ".join(words for words, holds in also.items() if holds)


def _comments() -> dict[Verdict, str]:
    source = Source("fhirdesk.core.exchange")
    members = (
        line for line in source.text.splitlines() if line.startswith("    ") and ' = "' in line and "  # " in line
    )
    by_name = {line.split()[0]: line.partition("  # ")[2] for line in members}
    return {verdict: by_name[verdict.name] for verdict in Verdict if verdict.name in by_name}


def _issues() -> str:
    """What the code of an issue makes of the statuses that it refines."""
    codes: dict[Verdict, list[str]] = defaultdict(list)
    for issue, verdict in ISSUE.items():
        codes[verdict].append(code(issue))
    rows = ((", ".join(names), code(verdict.value)) for verdict, names in codes.items())
    return "## Issues\n\n" + table(("the worst issue is", "verdict"), rows)
