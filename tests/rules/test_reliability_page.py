"""The pages that promise something (TABLES) name a test beside every promise; they exist."""

from __future__ import annotations

import re

import pytest

from shared.settings import CHECKOUT

TABLES = {"reliability.md": "| promise |", "page.md": "| what |", "streams.md": "| what |"}


@pytest.mark.parametrize("page", TABLES)
def test_every_named_test_exists(page: str) -> None:
    """A promise without a proof is a wish."""
    written = "\n".join(path.read_text() for path in (CHECKOUT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", (CHECKOUT / "docs" / page).read_text()))
    assert named
    assert {name for name in named if f"def {name}(" not in written} == set()


@pytest.mark.parametrize(("page", "head"), TABLES.items())
def test_every_promise_names_one(page: str, head: str) -> None:
    """Each row of the table: a test, or a bench for what a test must not measure."""
    text = (CHECKOUT / "docs" / page).read_text()
    table = text.partition(head)[2].partition("\n\n")[0].splitlines()[2:]
    assert table
    assert [row for row in table if "`test_" not in row and "`bench/" not in row] == []
