"""An answer in a terminal: its text, its table, what it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from cli.text import plain

_MOST_DECIMALS = 2
#: Below this, decimals would hide most of a number: it gets significant digits instead.
_SMALL = 0.1


def show(console: Console, result: dict[str, Any]) -> None:
    """Print the result of a job; what is beside the answer itself, dimmed."""
    if result["resolved_question"]:
        console.print(Text(f"Understood as: {plain(result['resolved_question'])}", style="dim"))
    console.print(Markdown(plain(str(result["answer"]))))
    if result["table"]:
        console.print(_table(result["table"]))
    if result["coverage"]:
        console.print(Text(plain(result["coverage"]["sentence"]), style="dim"))
    for suggestion in result["suggestions"]:
        console.print(Text(f"  try: {plain(str(suggestion))}", style="dim"))
    about = f" on {result['dataset']}" if result["dataset"] else ""
    console.print(Text(f"Planned by {plain(str(result['planner']))}{about}.", style="dim"))


def _table(data: dict[str, Any]) -> Table:
    rows = data["rows"]
    caption = f"{len(rows)} of {data['total_rows']} rows" if data["truncated"] else None
    table = Table(caption=caption)
    columns = [_cells([row[at] for row in rows]) for at in range(len(data["columns"]))]
    for at, column in enumerate(data["columns"]):
        numeric = any(isinstance(row[at], int | float) for row in rows)
        table.add_column(Text(plain(str(column))), justify="right" if numeric else "left")
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    return table


def _cells(values: Sequence[Any]) -> list[str]:
    """A column as a person reads it, each number with as many decimals; --json has every digit."""
    decimals = max(map(_decimals, values), default=0)
    return [_cell(value, decimals) for value in values]


def _decimals(value: Any) -> int:
    if not isinstance(value, float):
        return 0
    return len(f"{value:.{_MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


def _cell(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return plain(str(value))
    return f"{value:.3g}" if 0 < abs(value) < _SMALL else f"{value:.{decimals}f}"
