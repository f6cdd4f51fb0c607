"""Units: whether a text is a UCUM code (https://ucum.org)."""

import re

# A unit is UCUM when it is made of known atoms; anything else goes out as text alone.
_UNIT = re.compile(r"[!-~]+", re.ASCII)
_ATOM = re.compile(r"(?:10\*|10\^)-?\d+|[A-Za-z%]+(?:\[[^\]\s]+\])?|\[[^\]\s]+\]|\{[^}]+\}|\d+|[./()+-]", re.ASCII)
_KNOWN = frozenset(
    [
        "%",
        "g",
        "mg",
        "ug",
        "ng",
        "pg",
        "fg",
        "kg",
        "L",
        "l",
        "dL",
        "dl",
        "mL",
        "ml",
        "uL",
        "ul",
        "fL",
        "fl",
        "pL",
        "mol",
        "mmol",
        "umol",
        "nmol",
        "pmol",
        "fmol",
        "eq",
        "meq",
        "ueq",
        "h",
        "min",
        "s",
        "ms",
        "d",
        "wk",
        "mo",
        "a",
        "m",
        "cm",
        "mm",
        "um",
        "nm",
        "U",
        "kU",
        "mU",
        "uU",
        "mm[Hg]",
        "m[Hg]",
        "[iU]",
        "m[iU]",
        "u[iU]",
        "k[iU]",
        "Cel",
        "[degF]",
        "kPa",
        "Pa",
        "osm",
        "mosm",
        "[pH]",
        "[ppm]",
        "[CFU]",
        "[arb'U]",
        "J",
        "kJ",
        "cal",
        "kcal",
        "Hz",
        "W",
        "V",
        "mV",
        "m2",
        "m3",
        "kat",
        "nkat",
        "ukat",
        "Bq",
        "MBq",
        "Gy",
        "mGy",
        "dB",
    ]
)


def is_ucum(unit: str) -> bool:
    """Whether a unit is valid UCUM as far as we know its atoms (case-sensitive)."""
    if not _UNIT.fullmatch(unit):
        return False
    atoms = _ATOM.findall(unit)
    return "".join(atoms) == unit and all(_known(a) for a in atoms) and not unit.endswith(("/", "."))


def _known(atom: str) -> bool:
    return atom[0] in "{10./()+-" or atom.isdigit() or atom in _KNOWN
