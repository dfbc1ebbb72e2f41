"""What can go wrong with a table, a plan or a query."""

from __future__ import annotations


class QueryError(Exception):
    """A query that gives no result; the message is a sentence for the person.

    `reason` is a stable code: `bad_plan`, `table_missing`, `query_too_slow`, `query_too_big`,
    `query_refused`, `query_failed` or `no_sandbox`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class BadPlan(QueryError):
    """A plan that does not fit its dataset; the message says which part and why."""

    def __init__(self, message: str) -> None:
        super().__init__("bad_plan", message)


class UnreadableTable(Exception):
    """A file that is no table; the message says why, in words that follow the file's name."""
