"""The words of the command line: verbs, their options, and the options that every verb takes, before or after it."""

import argparse
from pathlib import Path

from fhirdesk import __version__
from fhirdesk.cli.grammar import Grammar, add_all


def parse(arguments: list[str]) -> argparse.Namespace:
    """Options of one call; ends the program with exit code 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="fhirdesk-cli", description="FHIR Desk on the command line.")
    parser.add_argument("--version", action="version", version=f"fhirdesk {__version__}")
    _common(parser, top=True)
    shared = argparse.ArgumentParser(add_help=False)
    _common(shared, top=False)
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add_all(Grammar(verbs, shared))
    return parser.parse_args(arguments)


def _common(parser: argparse.ArgumentParser, *, top: bool) -> None:
    """After the verb a missing option must not undo one given before it."""
    missing = None if top else argparse.SUPPRESS
    off = False if top else argparse.SUPPRESS
    parser.add_argument("--data-dir", type=Path, metavar="DIR", default=missing, help="where the local data is")
    parser.add_argument("--profile", metavar="NAME", default=missing, help="which server")
    parser.add_argument("--server", metavar="URL", default=missing, help="its address, for this call")
    parser.add_argument("--deadline", type=float, metavar="SECONDS", default=missing, help="whole time for one request")
    parser.add_argument("--lang", choices=("en", "ko"), default=missing)
    parser.add_argument("--env-file", type=Path, metavar="FILE", default=missing)
    parser.add_argument("--json", action="store_true", default=off, help="JSON on stdout")
    parser.add_argument("-v", "--verbose", action="store_true", default=off)
