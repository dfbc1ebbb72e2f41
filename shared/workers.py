"""Which workers are alive: each says so with every heartbeat."""

from __future__ import annotations

import redis

from shared import keys
from shared.scripts import guarded
from shared.settings import Settings

#: Heartbeats a worker may miss before nobody counts on it.
MISSED = 2


def silence_s(settings: Settings) -> float:
    """How long a worker may be silent before nobody counts on it."""
    return MISSED * settings.heartbeat_s


def living(store: redis.Redis, settings: Settings) -> int:
    """How many workers gave a sign of life lately, by the server's clock; raises Unavailable."""
    with guarded():
        seconds, microseconds = store.time()
        since_ms = seconds * 1000 + microseconds / 1000 - silence_s(settings) * 1000
        return int(store.zcount(keys.WORKERS, since_ms, "+inf"))
