"""Queries in the test's own process: for tests of what is asked, and not of how it is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import duckdb

from tests.support.agent import Agent
from worker.query.engine import QueryEngine
from worker.query.export import ExportRequest
from worker.query.helper import Helper
from worker.query.locked import Reply, Request, answer_on, connect


class Unjailed(Helper):
    """Answers queries where it stands, over one locked connection for each table.

    The guard, the SQL and the cells are the product's; a process for each query is what costs.
    """

    def __init__(self, until: ExitStack) -> None:
        super().__init__()
        self._until = until
        self._connections: dict[str, duckdb.DuckDBPyConnection] = {}

    def ask(self, request: Request | ExportRequest, stop: Any, deadline_s: float) -> Reply:
        """The reply of a child to a query, as it arrives."""
        assert request["kind"] == "query"
        path = request["path"]
        if path not in self._connections:
            made = self._until.enter_context(connect(path, request["table"]))
            self._connections[path] = made
        reply: Reply = json.loads(json.dumps(answer_on(self._connections[path], request)))
        return reply


@contextmanager
def unjailed(agent: Agent) -> Iterator[Agent]:
    """The same agent without a process for each query, which makes hundreds of questions cheap."""
    with ExitStack() as until:
        engine = QueryEngine(agent.data_dir)
        engine.helper = Unjailed(until)
        until.callback(engine.close)
        yield replace(agent, engine=engine)
