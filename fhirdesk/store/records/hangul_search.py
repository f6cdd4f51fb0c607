"""The forms of a text that a search compares: its jamo, its initial consonants, its digits."""

import unicodedata

_FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LAST: list[str] = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_SYLLABLES = range(0xAC00, 0xD7A4)


def normalize(text: str) -> str:
    """Return a text in lower case, without blanks and the accents of Latin letters, its Hangul composed."""
    letters = []
    for char in unicodedata.normalize("NFC", text).casefold():
        if char.isspace():
            continue
        base = unicodedata.normalize("NFD", char)
        letters.append("".join(c for c in base if not unicodedata.combining(c)) if ord(char) < 0x1100 else char)
    return "".join(letters)


def to_jamo(text: str) -> str:
    """Split each syllable into its compatibility jamo: 김 → ㄱㅣㅁ."""
    return "".join(_jamo_of(c) if ord(c) in _SYLLABLES else c for c in normalize(text))


def _jamo_of(syllable: str) -> str:
    index = ord(syllable) - 0xAC00
    return _FIRST[index // 588] + _VOWEL[index % 588 // 28] + _LAST[index % 28]


def to_initials(text: str) -> str:
    """Return the initial consonants of the syllables: 김경민 → ㄱㄱㅁ."""
    return "".join(_FIRST[(ord(c) - 0xAC00) // 588] for c in normalize(text) if ord(c) in _SYLLABLES)


def extract_digits(text: str | None) -> str:
    """Return the ASCII digits of a text, without anything between them."""
    return "".join(c for c in text or "" if c.isascii() and c.isdigit())


def is_initials(text: str) -> bool:
    """True when a text consists of initial consonants only."""
    return bool(text) and all(c in _FIRST for c in text)


def find_syllable_range(letters: str, *, initials: bool = False) -> tuple[str, str] | None:
    """Return the first and the last syllable that begin with these jamo, or with the first of these initial consonants;
    None when the letters do not begin with a consonant."""
    first = _FIRST.find(letters[:1]) if letters else -1
    if first < 0:
        return None
    vowel = _VOWEL.find(letters[1:2]) if letters[1:2] and not initials else -1
    low = 0xAC00 + first * 588 + max(vowel, 0) * 28
    return chr(low), chr(low + (27 if vowel >= 0 else 587))
