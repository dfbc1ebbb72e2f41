"""What a model is told of a table or a result: JSON data, small, and never an instruction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shared.conversations import PastTurn
from shared.datasets import Column, Profile
from worker.agent.results import QueryResult

_MOST_SAMPLES = 5
_MOST_CHARACTERS = 60
_MOST_DESCRIPTION = 300
_MOST_DETAILED = 60  # columns beyond are given by name and type only
_MOST_ROWS = 30


def as_data(document: dict[str, Any]) -> str:
    """A document as JSON: quoting keeps whatever its texts say inside of them."""
    return json.dumps(document, ensure_ascii=False)


def schema_card(profile: Profile) -> dict[str, Any]:
    """A table's columns: types, units, descriptions, ranges, and a few of their values."""
    columns = [
        _column(column) if at < _MOST_DETAILED else {"name": column.name, "type": column.type}
        for at, column in enumerate(profile.columns)
    ]
    card = {
        "title": clipped(profile.title),
        "description": clipped(profile.description, _MOST_DESCRIPTION),
        "rows": profile.rows,
        "columns": columns,
    }
    return {name: value for name, value in card.items() if value != ""}


def result_card(result: QueryResult) -> dict[str, Any]:
    """The first rows of a result."""
    table = result.table
    return {
        "columns": [clipped(name) for name in table.columns],
        "rows": [[clipped(cell) for cell in row] for row in table.rows[:_MOST_ROWS]],
        "total_rows": table.total_rows,
        "rows_of_the_table_used": result.rows_used,
    }


def history_card(history: Sequence[PastTurn]) -> list[dict[str, Any]]:
    """The turns before this one, oldest first: what a follow-up refers to."""
    turns = []
    for turn in history:
        said = {
            "question": clipped(turn.resolved_question or turn.question, _MOST_DESCRIPTION),
            "plan": {name: part for name, part in (turn.plan or {}).items() if part},
            "answer": clipped(turn.answer, _MOST_DESCRIPTION),
            "choices_offered": [clipped(one, _MOST_DESCRIPTION) for one in turn.suggestions]
            if turn.type == "clarification"
            else [],
        }
        turns.append({name: value for name, value in said.items() if value})
    return turns


def clipped(value: Any, most: int = _MOST_CHARACTERS) -> Any:
    """A value as it may be shown: texts on one line, cut short, without hidden characters."""
    if not isinstance(value, str):
        return value
    seen = "".join(letter if letter.isprintable() else " " for letter in value[: 2 * most])
    line = " ".join(seen.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _column(column: Column) -> dict[str, Any]:
    # The name stays as it is, since the plan has to use it.
    card = {
        "name": column.name,
        "type": column.type,
        "unit": clipped(column.unit),
        "description": clipped(column.description, _MOST_DESCRIPTION) or None,
        "also_called": [clipped(one) for one in column.synonyms[:_MOST_SAMPLES]] or None,
        "missing": column.nulls or None,
        "distinct": column.distinct,
        "minimum": clipped(column.minimum),
        "maximum": clipped(column.maximum),
        "samples": [clipped(value) for value, _ in column.top_values[:_MOST_SAMPLES]] or None,
    }
    return {name: value for name, value in card.items() if value is not None}
