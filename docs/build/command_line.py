"""The page of the command line, from the parser itself, and the one of the exit codes, from the tree of errors."""

import argparse
from collections import defaultdict
from collections.abc import Iterator

from docs.build.markdown import code, escape, page, table
from fhirdesk.cli.parser import build_parser
from fhirdesk.core.errors import FhirDeskError

INTRO = """Every verb and its options, as the program itself has them. docs/records.md says what the verbs do with
records, and what they print with `--json`; [Exit codes](exit-codes.md) what their end means."""
EXIT_CODES = """The program ends with one of these. The table in docs/records.md says what each means for a verb that
went through; this one, which error ends with which code. Each is said in a sentence on standard error first."""


def write_page() -> str:
    """All verbs, with the options that every verb takes first."""
    parser = build_parser("en")
    shared = {name for action in _options(parser) for name in action.option_strings}
    verbs = [_describe(name, verb, shared) for name, verb in list_verbs(parser)]
    common = f"## Options of every verb\n\n{_option_table(_options(parser))}"
    return page("The command line", INTRO, common, "## Verbs", *verbs)


def list_verbs(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each verb that does something, with its whole name, as in `queue retry`."""
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield before, parser
    for group in groups:
        for name, verb in group.choices.items():
            yield from list_verbs(verb, f"{before} {name}".strip())


def _describe(name: str, verb: argparse.ArgumentParser, shared: set[str]) -> str:
    own = [action for action in _options(verb) if not shared & set(action.option_strings)]
    usage = " ".join([f"fhirdesk-cli {name}", *(_usage(action) for action in own)])
    options = _option_table(own) if own else ""
    about = escape((verb.description or "")[:1].upper() + (verb.description or "")[1:])
    return f"### {code(name)}\n\n{about}.\n\n    {usage}\n\n{options}"


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    left_out = (argparse._SubParsersAction, argparse._HelpAction)
    return [action for action in parser._actions if not isinstance(action, left_out)]


def _usage(action: argparse.Action) -> str:
    value = _value(action)
    if action.option_strings:
        text = f"{action.option_strings[0]} {value}".strip()
        return text if action.required else f"[{text}]"
    return f"[{value}]" if action.nargs in ("?", "*") else value


def _value(action: argparse.Action) -> str:
    """What stands for the value of an option in its usage; nothing where it has none."""
    if action.nargs == 0:
        return ""
    word = "{" + ",".join(map(str, action.choices)) + "}" if action.choices is not None else ""
    word = word or str(action.metavar or action.dest).upper()
    return f"{word}…" if action.nargs in ("+", "*") else word


def _option_table(actions: list[argparse.Action]) -> str:
    return table(("option", "value", "default", ""), map(_option_row, actions))


def _option_row(action: argparse.Action) -> tuple[str, ...]:
    names = ", ".join(map(code, action.option_strings)) or code(action.dest)
    has_default = action.default not in (None, False, "", argparse.SUPPRESS)
    value = _value(action)
    return (
        names,
        code(value) if value else "",
        code(action.default) if has_default else "",
        escape(action.help or ""),
    )


def write_exit_codes() -> str:
    """Which error ends with which code."""
    by_code: dict[int, list[type[FhirDeskError]]] = defaultdict(list)
    for error in _errors(FhirDeskError):
        by_code[error.exit_code].append(error)
    parts = [f"## Exit code {number}\n\n{_error_table(by_code[number])}" for number in sorted(by_code)]
    return page("Exit codes", EXIT_CODES, *parts)


def _errors(base: type[FhirDeskError]) -> Iterator[type[FhirDeskError]]:
    for error in base.__subclasses__():
        if error.__module__ == FhirDeskError.__module__:
            yield error
            yield from _errors(error)


def _error_table(errors: list[type[FhirDeskError]]) -> str:
    rows = ((code(error.__name__), escape(" ".join((error.__doc__ or "").split()))) for error in errors)
    return table(("error", "means"), rows)
