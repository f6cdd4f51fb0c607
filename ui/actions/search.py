"""Finds commands by what is typed: words of either language, Korean initial consonants, English aliases."""

from collections.abc import Sequence
from typing import Any

from fhirdesk.i18n.translation import _
from ui.actions.command import Command

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_SYLLABLE, LAST_SYLLABLE, PER_INITIAL = ord("가"), ord("힣"), 588


def find_commands(text: str, commands: Sequence[Command[Any]]) -> list[Command[Any]]:
    """Return the commands that contain every typed word, those that begin with the text first; without a text all."""
    words, start = text.casefold().split(), text.strip().casefold()
    labels = {command.id: _list_forms(command) for command in commands}

    def contains(command: Command[Any], word: str) -> bool:
        return any(word in form for form in (*labels[command.id], command.aliases))

    fitting = [command for command in commands if all(contains(command, word) for word in words)]
    return sorted(fitting, key=lambda command: not any(form.startswith(start) for form in labels[command.id]))


def _list_forms(command: Command[Any]) -> list[str]:
    """The label in both languages, and the initial consonants of the Korean one."""
    english, korean = (text.replace("&", "").casefold() for text in (command.label, _(command.label, "ko")))
    return [english, korean, _take_initials(korean)]


def _take_initials(text: str) -> str:
    """The initial consonants of the syllables of a text, without blanks: 재전송 → ㅈㅈㅅ."""
    syllables = (ord(char) - FIRST_SYLLABLE for char in text if FIRST_SYLLABLE <= ord(char) <= LAST_SYLLABLE)
    return "".join(INITIALS[number // PER_INITIAL] for number in syllables)
