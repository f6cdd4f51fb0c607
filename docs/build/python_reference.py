"""The pages on Python: what a plug-in or a script may use, read from the docstrings."""

import ast
from collections.abc import Iterator

from docs.build.markdown import code, escape, page, table
from docs.build.source import Function, Source, header, is_property, is_public

RECORDS = ("fhirdesk.core.records", "fhirdesk.core.resource", "fhirdesk.core.queue_entry", "fhirdesk.core.errors")
PLUGINS = (
    "fhirdesk.converters.context",
    "fhirdesk.converters.values",
    "fhirdesk.converters.references",
    "fhirdesk.converters.systems",
    "fhirdesk.converters.mapper",
)


def write_records_page() -> str:
    """Records, entries and errors in Python."""
    intro = "What records, queue entries and errors are in Python. Read from the source."
    return page("Records, entries, errors", intro, *map(describe_module, RECORDS))


def write_plugin_page() -> str:
    """What a module of a record type may use."""
    intro = (
        "What the module of a record type may use; docs/converters.md says how one is written. `Field`, `Kind`, "
        "`Codes` and `RecordType` are in [Records, entries, errors](records-api.md)."
    )
    return page("What a plug-in may use", intro, *map(describe_module, PLUGINS))


def describe_module(name: str) -> str:
    """A module: what it is for, its classes, its functions."""
    source = Source(name)
    nodes = [node for node in source.tree.body if is_public(node)]
    classes = [_describe_class(source, node) for node in nodes if isinstance(node, ast.ClassDef)]
    functions = [_describe_function(node, "###") for node in nodes if isinstance(node, Function)]
    return "\n\n".join([f"## {code(name)}", docstring(source.tree), *classes, *functions])


def docstring(node: ast.Module | ast.ClassDef | Function) -> str:
    """What a module, class or function says of itself, as Markdown; indented parts stay as they are."""
    text = ast.get_docstring(node) or ""
    blocks = text.split("\n\n")
    return "\n\n".join(block if block.startswith("    ") else escape(block) for block in blocks)


def _describe_class(source: Source, node: ast.ClassDef) -> str:
    methods = [m for m in node.body if isinstance(m, Function) and is_public(m)]
    members = [
        *([list_fields(source, node)] if any(_fields(node)) else []),
        *(_describe_function(m, "####") for m in methods),
    ]
    bases = f"    class {node.name}({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    return "\n\n".join(filter(None, [f"### {code(node.name)}", bases, docstring(node), *members]))


def list_fields(source: Source, node: ast.ClassDef) -> str:
    """A table of the fields of a class, or of the members of an enumeration."""
    return table(("name", "type", "default", ""), (_field_row(source, field) for field in _fields(node)))


def _fields(node: ast.ClassDef) -> Iterator[ast.AnnAssign | ast.Assign]:
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                if not name.startswith("_"):
                    yield statement


def _field_row(source: Source, field: ast.AnnAssign | ast.Assign) -> tuple[str, ...]:
    target = field.target if isinstance(field, ast.AnnAssign) else field.targets[0]
    annotation = code(ast.unparse(field.annotation)) if isinstance(field, ast.AnnAssign) else ""
    value = code(_default(field.value)) if field.value else ""
    return code(ast.unparse(target)), annotation, value, escape(source.comment_of(field))


def _default(value: ast.expr) -> str:
    """The default of a field; `field(default_factory=dict)` is what the factory makes."""
    match value:
        case ast.Call(func=ast.Name(id="field"), keywords=[ast.keyword(arg="default_factory", value=factory), *_]):
            return f"{ast.unparse(factory)}()"
    return ast.unparse(value)


def _describe_function(function: Function, level: str) -> str:
    call = "" if is_property(function) else f"    {header(function)}\n\n"
    return f"{level} {code(function.name)}\n\n{call}{docstring(function)}"
