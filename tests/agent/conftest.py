"""The demo tables, as read and as pandas reads them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from shared.datasets import Profile
from shared.settings import CHECKOUT
from tests.support.agent import Agent

_DATA = CHECKOUT / "data"


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
