"""Korean particles have two forms, chosen by the last syllable of the word before: 번호를, 이름을."""

import re

PARTICLES = {  # as they are written in a sentence → after a closed syllable, after an open one
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)라": ("이라", "라"),
}
PARTICLE = re.compile(rf"(\w)([^\w\s]*) ?({'|'.join(map(re.escape, PARTICLES))})")
DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))  # as they are read
LETTERS = {"L": "엘", "M": "엠", "N": "엔", "R": "알"}  # the others end in a vowel
L_FINAL = 8  # of a syllable's 28 endings, the one that takes 로


def with_particles(text: str) -> str:
    """Each Korean particle as it fits the word before it: 번호를, 이름을, 2로. After another word both forms stay."""
    return PARTICLE.sub(_fit, text)


def _fit(match: re.Match[str]) -> str:
    last, between, written = match.groups()
    if (ending := _ending(last)) is None:
        return match[0]
    closed, opened = PARTICLES[written]
    return last + between + (opened if ending == 0 or (ending == L_FINAL and opened == "로") else closed)


def _ending(last: str) -> int | None:
    """The ending of the syllable that a word is read with last; 0: a vowel, None: not known."""
    syllable = DIGITS.get(last, last) if not "A" <= last <= "Z" else LETTERS.get(last, "이")
    return (ord(syllable) - ord("가")) % 28 if "가" <= syllable <= "힣" else None
