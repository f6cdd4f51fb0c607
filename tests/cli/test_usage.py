"""What the command line says of wrong usage."""

import re
import socket

import pytest

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
