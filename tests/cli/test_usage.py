"""What the command line says of wrong usage."""

import re

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
        (("drain", "--for", "x"), "seconds"),
    ],
)
def test_2_wrong_usage_is_said_in_both_languages(cli: Cli, words: tuple[str, ...], said: str) -> None:
    english, korean = cli("--lang", "en", *words), cli("--lang=ko", *words)
    assert english.code == korean.code == 2 and said in english.err and said in korean.err
    assert not re.search("[가-힣]", english.err) and re.search("[가-힣]", korean.err)
