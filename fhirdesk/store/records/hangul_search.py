"""What a name is found by: its jamo, its initial consonants, its digits."""

import unicodedata

_FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LAST: list[str] = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_SYLLABLES = range(0xAC00, 0xD7A4)


def plain(text: str) -> str:
    """Lower case, Latin marks stripped, no blanks; Hangul composed."""
    letters = []
    for char in unicodedata.normalize("NFC", text).casefold():
        if char.isspace():
            continue
        base = unicodedata.normalize("NFD", char)
        letters.append("".join(c for c in base if not unicodedata.combining(c)) if ord(char) < 0x1100 else char)
    return "".join(letters)


def jamo(text: str) -> str:
    """Each syllable as its compatibility jamo: 김 → ㄱㅣㅁ."""
    return "".join(_jamo_of(c) if ord(c) in _SYLLABLES else c for c in plain(text))


def _jamo_of(syllable: str) -> str:
    index = ord(syllable) - 0xAC00
    return _FIRST[index // 588] + _VOWEL[index % 588 // 28] + _LAST[index % 28]


def initials(text: str) -> str:
    """The initial consonants of the syllables: 김경민 → ㄱㄱㅁ."""
    return "".join(_FIRST[(ord(c) - 0xAC00) // 588] for c in plain(text) if ord(c) in _SYLLABLES)


def digits(text: str | None) -> str:
    """Digits alone."""
    return "".join(c for c in text or "" if c.isascii() and c.isdigit())


def is_initials(text: str) -> bool:
    """Whether somebody typed initial consonants alone."""
    return bool(text) and all(c in _FIRST for c in text)


def syllables(letters: str, *, initials: bool = False) -> tuple[str, str] | None:
    """The first and the last syllable that begin like these jamo, or like the first of these initial consonants.
    None: they do not begin with a consonant."""
    first = _FIRST.find(letters[:1]) if letters else -1
    if first < 0:
        return None
    vowel = _VOWEL.find(letters[1:2]) if letters[1:2] and not initials else -1
    low = 0xAC00 + first * 588 + max(vowel, 0) * 28
    return chr(low), chr(low + (27 if vowel >= 0 else 587))
