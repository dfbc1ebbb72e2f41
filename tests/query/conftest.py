"""Fixtures: one engine and one data directory for all tests of queries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.queries import Tables
from worker.query.engine import QueryEngine


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """Tables and the engine that queries them."""
    folder = tmp_path_factory.mktemp("tables")
    engine = QueryEngine(folder)
    yield Tables(folder, engine)
    engine.close()
