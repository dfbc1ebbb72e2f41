"""Fixtures for the scripts of the queue: the test plays API, worker and rescuer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis

from shared.rescue import Rescuer
from shared.settings import Settings


@pytest.fixture
def rescuer(store: redis.Redis, settings: Settings) -> Rescuer:
    return Rescuer(store, settings)


@pytest.fixture
def now_ms(store: redis.Redis) -> Callable[[], int]:
    """The server's clock."""

    def read() -> int:
        seconds, microseconds = store.time()
        return int(seconds * 1000 + microseconds // 1000)

    return read
