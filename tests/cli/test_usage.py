"""What the command line says of wrong usage."""

import re
import socket

import pytest

from fhirdesk.cli.parser import parse
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
