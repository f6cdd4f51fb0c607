"""What the command line says of wrong usage."""

import argparse
import ast
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk.cli.parser import Parser, build_parser, parse
from fhirdesk.i18n.usage import TEXTS
from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "VERB"),
        (("queue", "list", "--status", "gone"), "gone"),
        (("sync", "patient"), "key"),
        (("check", "--nothing"), "--nothing"),
        (("drain", "--for"), "--for"),
        (("drain", "--for", "x"), "'x'"),
        (("drain", "--limit", "0"), "'0'"),
        (("sample", "--seed", "one"), "'one'"),
        (("drain", "--watch", "--until-empty"), "--watch"),
        (("queue", "resolve", "1"), "--mine"),
    ],
)
def test_2_wrong_usage_is_said_in_both_languages(cli: Cli, words: tuple[str, ...], said: str) -> None:
    english, korean = cli("--lang", "en", *words), cli("--lang=ko", *words)
    assert english.code == korean.code == 2 and said in english.err and said in korean.err
    assert not re.search("[가-힣]", english.err) and re.search("[가-힣]", korean.err)
    assert not re.search("[a-z]{2,} (is|not|value)", korean.err), "no half of it in English"


OF_PROGRAMMERS = {
    ".__call__() not defined",
    "'required' is an invalid argument for positionals",
    "mutually exclusive arguments must be optional",
    "%r is not callable",
    "can't open '%(filename)s': %(error)s",
    "cannot merge actions - two groups are named %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "cannot have multiple subparser arguments",
    "%(prog)s: error: %(message)s\n",
    "conflicting subparser: %s",
    "conflicting subparser alias: %s",
    'argument "-" with mode %r',
    "unexpected option string: %s",
    "%(prog)s: warning: %(message)s\n",
    "option '%(option)s' is deprecated",
    "argument '%(argument_name)s' is deprecated",
    "command '%(parser_name)s' is deprecated",
}
ENGLISH = re.compile("[a-z]{2,} [a-z]{2,} [a-z]{2,}")


def parsers(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Parser]]:
    """The parser of each verb and of each group of verbs, with its words."""
    assert isinstance(parser, Parser)
    yield words, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from parsers(below, (*words, name))


def texts_of(parser: Parser) -> Iterator[str]:
    """Every text that the help of a verb says, without the words of the command line itself."""
    yield from (group.title for group in parser._action_groups if group.title)
    yield from (text for text in (parser.description, *(a.help for a in parser._actions)) if text)


@pytest.mark.parametrize("verb", [words for words, _ in parsers(build_parser("en"))], ids=" ".join)
def test_the_help_of_a_verb_is_korean_throughout(cli: Cli, verb: tuple[str, ...]) -> None:
    said = cli(*verb, "--help", "--lang", "ko")
    usage, _, rest = said.out.partition("\n\n")
    assert said.code == 0 and usage.startswith(f"사용법: {' '.join(('fhirdesk-cli', *verb))} [-h]")
    assert ENGLISH.findall(rest) == []
    texts = list(texts_of(dict(parsers(build_parser("ko")))[verb]))
    assert len(texts) > 8 and [text for text in texts if not re.search("[가-힣]", text)] == []


def test_argparse_says_nothing_that_has_no_korean() -> None:
    """What only a mistake of a programmer brings up is left out."""
    source = ast.parse(Path(argparse.__file__).read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(source) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_")
    said = {arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant)}
    assert len(said) > 25 and said - OF_PROGRAMMERS - set(TEXTS) == set()


def test_a_port_that_another_program_has_is_said(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for port in (taken.getsockname()[1], 70_000):
            said = cli("sandbox", "--port", port)
            assert said.code == 3 and str(port) in said.err and "--port" in said.err


def test_a_file_that_is_not_there_has_no_line(cli: Cli) -> None:
    said = cli("import", "nobody.json")
    assert said.code == 6 and said.err.startswith("nobody.json ")


EVERY = [
    ("convert", "patient", "FILE"),
    ("validate", "FILE"),
    ("import", "FILE", "OTHER"),
    ("export",),
    ("preview", "patient", "KEY"),
    ("edit", "patient", "KEY"),
    ("sample",),
    ("sync", "patient", "KEY"),
    ("sync-all",),
    ("drain",),
    ("queue", "list"),
    ("queue", "show", "1"),
    ("queue", "why", "1"),
    ("queue", "causes"),
    ("queue", "chain", "KEY"),
    *(("queue", deed, "1", "2") for deed in ("retry", "cancel", "hold", "release")),
    ("queue", "discard", "1", "--reason", "WHY", "2"),
    ("queue", "edit", "1", "phone=2", "email="),
    ("queue", "resolve", "1", "--theirs"),
    ("queue", "pause"),
    ("queue", "resume"),
    ("queue", "stats"),
    ("check",),
    ("metrics",),
    ("sandbox",),
    ("store", "verify"),
    ("store", "salvage", "FILE"),
    ("profile", "list"),
    ("profile", "add", "NAME", "URL"),
    ("profile", "use", "NAME"),
    ("profile", "remove", "NAME"),
]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_common_options_stand_anywhere(words: tuple[str, ...]) -> None:
    known = vars(parse(list(words)))
    for at in range(len(words) + 1):
        if words[at - 1] == "--reason":
            continue
        for options in (("--lang", "ko"), ("--json", "--profile=p"), ("-v", "--deadline", "3", "--server", "u")):
            told = vars(parse([*words[:at], *options, *words[at:]]))
            changed = {name for name in told if told[name] != known[name]}
            assert len(changed) == sum(o.startswith("-") for o in options), (at, options)
