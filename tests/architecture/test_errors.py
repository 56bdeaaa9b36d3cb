"""Every code an error can carry is asserted by some test, and what the schema says of codes is what there is.

Nothing is listed here: codes are read from the source, wherever a literal is given for a parameter, field or attribute
called `code` (or `default_code`), and tests are searched for the very same literal.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from config import services
from config.schema import PROBLEM_CODES

APPS = ("catalog", "config", "embeddings", "recommender")
NAMES = {"code", "default_code"}
# Libraries' constructors: where their code stands.
LIBRARIES = {"ErrorDetail": 1, "ValidationError": 1}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees(*folders: str) -> tuple[ast.Module, ...]:
    paths = [path for folder in folders for path in sorted(Path(services.BASE_DIR, folder).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts)


def nodes(kind: type, *folders: str) -> Iterator:
    return (node for tree in trees(*folders) for node in ast.walk(tree) if isinstance(node, kind))


def code_positions() -> dict[str, set[int]]:
    """Name of a function or class that takes a `code` -> where among its arguments; a name may have several owners."""
    found = {name: {position} for name, position in LIBRARIES.items()}
    for function in nodes(Function, *APPS):
        names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
        if "code" in names and function.name != "__init__":
            found.setdefault(function.name, set()).add(names.index("code"))
    for owner in nodes(ast.ClassDef, *APPS):
        names = _parameters(owner)
        if "code" in names:
            found.setdefault(owner.name, set()).add(names.index("code"))
    return found


def _parameters(owner: ast.ClassDef) -> list[str]:
    """Of a class's constructor: its `__init__`, or the annotated fields of a dataclass."""
    for node in owner.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return [argument.arg for argument in node.args.args[1:]]
    return [
        node.target.id for node in owner.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


def codes_in_source() -> set[str]:
    positions = code_positions()
    found: set[str] = set()
    for call in nodes(ast.Call, *APPS):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = [keyword.value for keyword in call.keywords if keyword.arg in NAMES]
        given += [call.args[position] for position in positions.get(name, ()) if position < len(call.args)]
        found |= {text for value in given for text in _texts(value)}
    for owner in nodes(ast.ClassDef, *APPS):
        for node in owner.body:
            if isinstance(node, ast.Assign) and NAMES & {getattr(target, "id", "") for target in node.targets}:
                found |= _texts(node.value)
    return found


def _texts(value: ast.expr) -> set[str]:
    """A literal, or both ends of a choice between literals."""
    if isinstance(value, ast.IfExp):
        return _texts(value.body) | _texts(value.orelse)
    return {value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else set()


@cache
def literals_in_tests() -> frozenset[str]:
    folders = [str(path) for path in Path(services.BASE_DIR, "tests").iterdir() if path.is_dir()]
    found = nodes(ast.Constant, *(folder for folder in folders if not folder.endswith("architecture")))
    return frozenset(node.value for node in found if isinstance(node.value, str))


def test_codes_are_found_wherever_they_are_given() -> None:
    """One of each way: keyword, position in a class, in a dataclass, in a function, class attribute."""
    assert codes_in_source() >= {
        "unknown_field",
        "too_deep",
        "unknown_sku",
        "no_active_space",
        "invalid_url",
        "too_large",
    }
    assert len(codes_in_source()) > 40


@pytest.mark.parametrize("code", sorted(codes_in_source() | PROBLEM_CODES.keys()))
def test_every_code_occurs_in_a_test(code: str) -> None:
    assert code in literals_in_tests()
