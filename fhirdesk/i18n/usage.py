"""What argparse says itself, in the user's language: usage, headings of the help, what is wrong with the arguments."""

import argparse
from itertools import pairwise

from fhirdesk.i18n.translation import N_, _, ngettext, set_language

TEXTS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("unknown parser %(parser_name)r (choices: %(choices)s)"),
)


def speak(lang: str) -> None:
    """Show texts in `lang` from now on, argparse's own, too. It has no door for that: it asks the gettext of the whole
    process, which follows the environment's language and looks for a file at every text."""
    set_language(lang)
    vars(argparse).update({"_": _, "ngettext": ngettext})


def chosen_language(arguments: list[str]) -> str | None:
    """The value of `--lang`, read before the arguments are parsed: errors of parsing are said in it, too."""
    values = [after for before, after in pairwise(arguments) if before == "--lang"]
    values += [a.removeprefix("--lang=") for a in arguments if a.startswith("--lang=")]
    return values[-1] if values else None
