"""The demo tables, ingested once, and an engine over them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache

import pandas as pd
import pytest

from shared.datasets import Profile
from shared.settings import CHECKOUT
from tests.agent.golden.answers import TABLES
from tests.support.agent import Agent
from tests.support.queries import ingest_with
from worker.query.engine import QueryEngine
from worker.query.scan import scan

_DATA = CHECKOUT / "data"


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over the three demo tables."""
    data_dir = tmp_path_factory.mktemp("tables")
    engine = QueryEngine(data_dir, require_landlock=False)
    found = scan(_DATA, ingest_with(engine, data_dir)).profiles
    profiles = {profile.id: profile for profile in found}
    yield Agent(profiles, engine)
    engine.close()


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over the tables made for golden questions; processes share what they read."""
    folder = tmp_path_factory.getbasetemp()
    data_dir = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "golden"
    engine = QueryEngine(data_dir, require_landlock=False)
    found = scan(TABLES, ingest_with(engine, data_dir)).profiles
    yield Agent({profile.id: profile for profile in found}, engine)
    engine.close()


@pytest.fixture(scope="session")
def weather(agent: Agent) -> Profile:
    """The profile of seattle-weather."""
    return agent.datasets["seattle-weather"]


@pytest.fixture(scope="session")
def penguins(agent: Agent) -> Profile:
    """The profile of penguins."""
    return agent.datasets["penguins"]


@pytest.fixture(scope="session")
def frame() -> Callable[[str], pd.DataFrame]:
    """A demo table as pandas reads it from the same file."""

    @cache
    def read(dataset_id: str) -> pd.DataFrame:
        table = pd.read_csv(_DATA / f"{dataset_id}.csv")
        if "date" in table:
            table["date"] = pd.to_datetime(table["date"])
        return table

    return read
