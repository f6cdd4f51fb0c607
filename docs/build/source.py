"""Reads modules without running them: docstrings, fields with their comments, functions with their headers."""

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """A module by its name, as in `fhirdesk.core.records`."""

    name: str

    @cached_property
    def text(self) -> str:
        """What is written in it."""
        path = ROOT / self.name.replace(".", "/")
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        return path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comment of each line that has one."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}

    def comment_of(self, node: ast.stmt) -> str:
        """The comment behind a statement, or nothing."""
        return self.comments.get(node.end_lineno or node.lineno, "")


def is_public(node: ast.AST) -> bool:
    """True if a class or function is for others: its name does not start with _ and it says what it does."""
    return (
        isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is not None
    )


def header(function: Function) -> str:
    """How a function is called: its name, parameters and what it returns; without `self`."""
    arguments = ast.unparse(function.args)
    for own in ("self", "cls"):
        arguments = arguments.removeprefix(own).removeprefix(", ") if arguments.split(",")[0] == own else arguments
    result = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{function.name}({arguments}){result}".replace("'", '"')


def is_property(function: Function) -> bool:
    """True if it is read like a field."""
    return any(ast.unparse(d).endswith("property") for d in function.decorator_list)
