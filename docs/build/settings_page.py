"""The page of the settings, from the classes that read and check them."""

import ast
from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

from msgspec import inspect

from docs.build.markdown import code, escape, page, table
from docs.build.source import Source
from fhirdesk.core import settings

INTRO = """What may be set, what it may be, and what it is where nothing is said. A setting is taken from the option,
else the environment, else `--env-file`, else the file, else its default. docs/servers.md says
what those of a server are for."""
CLASSES = {
    settings.Profile: "## A server: `profiles.json`\n\nWritten by `profile add` and by the window; without secrets.",
    settings.Local: "## The data folder: `settings.toml`\n\nYours, if you write one.",
    settings.Retention: "## The section `[retention]` of `settings.toml`",
}


def write_page() -> str:
    """All settings, file by file."""
    return page("Settings", INTRO, *(f"{head}\n\n{_describe(class_)}" for class_, head in CLASSES.items()))


def _describe(class_: type) -> str:
    comments, hints = _comments(class_), get_type_hints(class_, include_extras=True)
    rows = (
        (code(f.name), describe_type(hints[f.name]), _default(f), escape(comments.get(f.name, "")))
        for f in fields(class_)
    )
    return table(("setting", "is", "default", ""), rows)


def _comments(class_: type) -> dict[str, str]:
    """The comment behind each field of a class of the settings."""
    source = Source(settings.__name__)
    (node,) = (n for n in source.tree.body if isinstance(n, ast.ClassDef) and n.name == class_.__name__)
    fields_ = (n for n in node.body if isinstance(n, ast.AnnAssign))
    return {ast.unparse(n.target): source.comment_of(n) for n in fields_}


def _default(field: "Field[Any]") -> str:
    if field.default is MISSING:
        return "a section of its own"
    return (
        "" if field.default is None else code(str(field.default).lower() if field.default is False else field.default)
    )


def describe_type(hint: Any) -> str:
    """What a value may be, in words."""
    info = inspect.type_info(hint)
    kind = info.types[0] if isinstance(info, inspect.UnionType) else info
    match kind:
        case inspect.IntType() | inspect.FloatType():
            word = "whole number" if isinstance(kind, inspect.IntType) else "number"
            return f"{word}, {kind.ge:,} to {kind.le:,}"
        case inspect.LiteralType():
            return "one of " + ", ".join(map(code, kind.values))
        case inspect.BoolType():
            return "true or false"
    return "text" if isinstance(kind, inspect.StrType) else "section"
