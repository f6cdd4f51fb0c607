"""The words of the command line: verbs, their options, and the options that every verb takes, before or after it."""

import argparse
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from fhirdesk import __version__
from fhirdesk.cli.grammar import Grammar, add_all, seconds
from fhirdesk.core.settings import language
from fhirdesk.core.terminal import note, print_lines
from fhirdesk.i18n.messages import render

# What argparse says of wrong usage, and the code of the sentence that says it in the user's language.
USAGE = (
    (re.compile("the following arguments are required: (?P<what>.+)"), "usage_missing"),
    (re.compile("unrecognized arguments: (?P<what>.+)"), "usage_unknown"),
    (
        re.compile(r"argument (?P<what>[^:]+): invalid choice: (?P<value>.+) \(choose from (?P<known>.+)\)"),
        "usage_choice",
    ),
    (re.compile("argument (?P<what>[^:]+): expected (one|at least one) argument"), "usage_value"),
    (re.compile("argument (?P<what>[^:]+): (?P<value>.+) is not a count from 1 on"), "usage_count"),
    (re.compile("argument (?P<what>[^:]+): (?P<value>.+) is not a number of seconds"), "usage_seconds"),
    (re.compile("argument (?P<what>[^:]+): invalid (int|float) value: (?P<value>.+)"), "usage_number"),
    (re.compile("argument (?P<what>[^:]+): not allowed with argument (?P<other>.+)"), "usage_together"),
    (re.compile("one of the arguments (?P<what>.+) is required"), "usage_one_of"),
    (re.compile("(?P<message>.+)", re.DOTALL), "usage_wrong"),
)


def wrong_usage(message: str, lang: str) -> str:
    """What argparse says of wrong usage, in the user's language."""
    return next(render(code, m.groupdict(), lang) for pattern, code in USAGE if (m := pattern.fullmatch(message)))


def _parser_in(lang: str) -> type[argparse.ArgumentParser]:
    """The class of a parser that, with its verbs' parsers, complains in that language and takes options anywhere."""

    class Parser(argparse.ArgumentParser):
        def __init__(self, *words: Any, **options: Any):
            super().__init__(*words, **options)
            self.color = False  # Python 3.14 would put escape sequences into the help
            self._intermixing = False

        def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
            if self._intermixing or self._subparsers is not None:
                return super().parse_known_args(args, namespace)
            self._intermixing = True  # it comes back here for the options, and again for the rest
            try:
                return self.parse_known_intermixed_args(args, namespace)
            finally:
                self._intermixing = False

        def error(self, message: str) -> NoReturn:
            note(*self.format_usage().splitlines(), f"{self.prog}: {wrong_usage(message, lang)}")
            self.exit(2)

        def _print_message(self, message: str, file: Any = None) -> None:  # help and version
            print_lines(*message.splitlines())

    return Parser


def chosen_language(arguments: list[str]) -> str | None:
    """The value of `--lang`, read before the arguments are parsed: errors of parsing are said in it, too."""
    values = [after for before, after in pairwise(arguments) if before == "--lang"]
    values += [a.removeprefix("--lang=") for a in arguments if a.startswith("--lang=")]
    return values[-1] if values else None


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of one call. Ends the program with exit code 2 on wrong usage."""
    return build_parser(language(chosen_language(arguments))).parse_args(arguments)


def build_parser(lang: str) -> argparse.ArgumentParser:
    """The parser of every verb; what it says of wrong usage is in that language."""
    parser = _parser_in(lang)(prog="fhirdesk-cli", description="FHIR Desk on the command line.")
    parser.add_argument("--version", action="version", version=f"fhirdesk {__version__}")
    _common(parser, top=True)
    shared = argparse.ArgumentParser(add_help=False)
    _common(shared, top=False)
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add_all(Grammar(verbs, shared))
    return parser


def _common(parser: argparse.ArgumentParser, *, top: bool) -> None:
    """Add the options that every verb takes. `top`: before the verb; after the verb an option that is missing must not
    undo one given before it."""
    missing = None if top else argparse.SUPPRESS
    off = False if top else argparse.SUPPRESS
    parser.add_argument("--data-dir", type=Path, metavar="DIR", default=missing, help="where the local data is")
    parser.add_argument("--profile", metavar="NAME", default=missing, help="which server")
    parser.add_argument("--server", metavar="URL", default=missing, help="its address, for this call")
    parser.add_argument(
        "--deadline", type=seconds, metavar="SECONDS", default=missing, help="whole time for one request"
    )
    parser.add_argument("--lang", choices=("en", "ko"), default=missing)
    parser.add_argument("--env-file", type=Path, metavar="FILE", default=missing)
    parser.add_argument("--json", action="store_true", default=off, help="JSON on stdout")
    parser.add_argument("-v", "--verbose", action="store_true", default=off)
