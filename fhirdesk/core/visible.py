"""Text from elsewhere as it may be shown: what acts on a terminal, turns the line or hides is seen as its code."""

import re

_UNSEEN = (
    "\x7f-\x9f\xad"  # delete, the second set of controls, the soft hyphen
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing (Trojan Source)
    "\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # what has no width; joiners stay: scripts need them
    "\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f"  # line ends, halves of a character, tags
)
_IN_TEXT, _IN_JSON = re.compile(f"[\\x00-\\x1f{_UNSEEN}]"), re.compile(f"[{_UNSEEN}]")
_SIGNS = {"\n": "⏎", "\r": "⏎", "\t": " "}


def visible(text: str) -> str:
    """The text on one line: an escape is ⟨001B⟩, a line end ⏎."""
    return text if text.isprintable() else _IN_TEXT.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    return _SIGNS.get(match[0]) or f"⟨{ord(match[0]):04X}⟩"


def visible_json(document: bytes) -> bytes:
    r"""The same JSON, such characters written as \u001b: who reads it gets equal texts."""
    if document.isascii() and b"\x7f" not in document:
        return document
    return _IN_JSON.sub(_escape, document.decode()).encode()


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
