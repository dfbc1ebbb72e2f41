"""Code is kept in pieces one can read: taste alone does not hold size, a check does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from shared.settings import CHECKOUT

PRODUCT = ("api", "worker", "shared", "cli")
MODULE_LINES = 300
#: No reason is good enough for more.
MOST_MODULE_LINES = 500
FUNCTION_LINES = 40
#: Modules that may be longer than usual, with the reason.
LONGER: dict[str, str] = {}


def sources(*patterns: str) -> list[Path]:
    """Our own files, without what is vendored."""
    return [
        path
        for pattern in patterns
        for path in sorted(CHECKOUT.glob(pattern))
        if "vendor" not in path.parts
    ]


def lines(path: Path) -> int:
    """How long a file is."""
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's place and its lines, its docstring apart."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            told = ast.get_docstring(node) is not None and first.end_lineno is not None
            docstring = first.end_lineno - first.lineno + 1 if told and first.end_lineno else 0
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1 - docstring
            yield f"{path.relative_to(CHECKOUT)}:{node.lineno} {node.name}", length


def test_modules_are_short() -> None:
    """At most 300 lines; tests, and what has its reason above, 500."""
    product = sources(*(f"{top}/**/*.py" for top in PRODUCT), "web/js/**/*.js", "shared/**/*.lua")
    tests = sources("tests/**/*.py", "bench/**/*.py")
    lengths = {str(path.relative_to(CHECKOUT)): lines(path) for path in product}
    limits = dict.fromkeys(lengths, MODULE_LINES) | dict.fromkeys(LONGER, MOST_MODULE_LINES)
    assert {name: length for name, length in lengths.items() if length > limits[name]} == {}
    assert {path: lines(path) for path in tests if lines(path) > MOST_MODULE_LINES} == {}
    assert set(LONGER) <= {name for name, length in lengths.items() if length > MODULE_LINES}


def test_functions_are_short() -> None:
    """At most 40 lines."""
    files = sources(*(f"{top}/**/*.py" for top in PRODUCT))
    found = dict(place for path in files for place in functions(path))
    assert {place: length for place, length in found.items() if length > FUNCTION_LINES} == {}
