"""Trial: whether queries find anything, several in one jailed child, so that one fork pays for all.

Runs inside the jailed child process; only DuckDB and the standard library are imported here.
"""

from __future__ import annotations

from itertools import takewhile
from time import monotonic
from typing import Any, Literal, TypedDict

import duckdb

from worker.query.guard import refusal
from worker.query.locked import connect


class TrialRequest(TypedDict):
    """What a child is asked: `queries` are SQL with their parameters, over the table at `path`.

    None is begun at `until` or later, by the monotonic clock of this machine.
    """

    kind: Literal["try"]
    until: float
    path: str
    table: str
    queries: list[tuple[str, list[Any]]]
    require_landlock: bool


class TrialReply(TypedDict, total=False):
    """For each query that was begun, whether its first row has a value in the last column."""

    found: list[bool]


def tried(request: TrialRequest) -> TrialReply:
    """Run every query as far as its first row; one that fails finds nothing."""
    try:
        with connect(request["path"], request["table"]) as connection:
            begun = takewhile(lambda _: monotonic() < request["until"], request["queries"])
            found = [_finds(connection, request["table"], *query) for query in begun]
    except (MemoryError, duckdb.Error):
        found = [False] * len(request["queries"])
    return TrialReply(found=found)


def _finds(
    connection: duckdb.DuckDBPyConnection, table: str, sql: str, parameters: list[Any]
) -> bool:
    try:
        if refusal(connection, sql, table, by_model=False) is not None:
            return False
        row = connection.execute(sql, parameters).fetchone()
    except (MemoryError, duckdb.Error):
        return False
    return row is not None and row[-1] is not None
