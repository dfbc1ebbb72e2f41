"""docs/reliability.md names a test beside every promise; they exist."""

from __future__ import annotations

import re

from shared.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "reliability.md"


def test_every_named_test_exists() -> None:
    """A promise without a proof is a wish."""
    written = "\n".join(path.read_text() for path in (CHECKOUT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    assert named
    assert {name for name in named if f"def {name}(" not in written} == set()


def test_every_promise_names_one() -> None:
    """Each row of the table."""
    table = PAGE.read_text().partition("| promise |")[2].partition("\n\n")[0].splitlines()[2:]
    assert table
    assert [row for row in table if "`test_" not in row] == []
