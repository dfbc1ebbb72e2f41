"""Tables in folders, read once for all processes of a test run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.agent import Agent
from tests.support.queries import ingest_with
from worker.query.engine import QueryEngine
from worker.query.scan import scan


@contextmanager
def agent_over(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over a folder of tables."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    data_dir = shared / f"{folder.parent.name}-{folder.name}"
    engine = QueryEngine(data_dir, require_landlock=False)
    try:
        found = scan(folder, ingest_with(engine, data_dir)).profiles
        yield Agent({profile.id: profile for profile in found}, engine, data_dir)
    finally:
        engine.close()
