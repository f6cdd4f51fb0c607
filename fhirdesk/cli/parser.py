"""The words of the command line: verbs, their options, and the options that every verb takes, before or after it."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from fhirdesk import __version__
from fhirdesk.cli.grammar import Grammar, add_all, seconds
from fhirdesk.core.language import choose_language
from fhirdesk.core.terminal import print_error, print_lines
from fhirdesk.i18n.particles import with_particles
from fhirdesk.i18n.translation import _
from fhirdesk.i18n.usage import chosen_language, speak


class Parser(argparse.ArgumentParser):
    """A parser that, with its verbs' parsers, takes options anywhere."""

    def __init__(self, *words: Any, **options: Any):
        super().__init__(*words, **options)
        self.color = False  # Python 3.14 would put escape sequences into the help
        self._intermixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._intermixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._intermixing = True  # it comes back here for the options, and again for the rest
        self.usage = self.usage or self.format_usage().removeprefix(_("usage: "))  # argparse cuts seven letters off
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._intermixing = False

    def error(self, message: str) -> NoReturn:
        print_error(*self.format_usage().splitlines(), f"{self.prog}: {with_particles(message)}")
        self.exit(2)

    def _print_message(self, message: str, file: Any = None) -> None:  # help and version
        print_lines(*message.splitlines())


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of one call. Ends the program with exit code 2 on wrong usage."""
    return build_parser(choose_language(chosen_language(arguments))).parse_args(arguments)


def build_parser(lang: str) -> argparse.ArgumentParser:
    """The parser of every verb; its help, and what it says of wrong usage, is in that language."""
    speak(lang)
    parser: argparse.ArgumentParser = Parser(prog="fhirdesk-cli", description=_("FHIR Desk on the command line."))
    parser.add_argument(
        "--version", action="version", version=f"fhirdesk {__version__}", help=_("show the version and exit")
    )
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
    parser.add_argument("--data-dir", type=Path, metavar="DIR", default=missing, help=_("where the local data is"))
    parser.add_argument("--profile", metavar="NAME", default=missing, help=_("which server"))
    parser.add_argument("--server", metavar="URL", default=missing, help=_("its address, for this call"))
    parser.add_argument(
        "--deadline", type=seconds, metavar="SECONDS", default=missing, help=_("whole time for one request")
    )
    parser.add_argument("--lang", choices=("en", "ko"), default=missing, help=_("language of what is said"))
    parser.add_argument(
        "--env-file", type=Path, metavar="FILE", default=missing, help=_("FHIR_SERVER_URL=… and the like, a line each")
    )
    parser.add_argument("--json", action="store_true", default=off, help=_("JSON on stdout"))
    parser.add_argument("-v", "--verbose", action="store_true", default=off, help=_("say more of what is done"))
