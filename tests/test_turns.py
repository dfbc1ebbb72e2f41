"""What many ask the store in one turn of the loop goes together, and comes back to each alone."""

from __future__ import annotations

import gevent
import pytest
import redis

from api.turns import TurnWire


def test_an_error_is_that_of_the_one_whose_command_it_was(store: redis.Redis) -> None:
    """All go in one round trip: the good, the bad, and the good again."""
    store.set("text", "no list")
    store.rpush("list", "a", "b")
    wire = TurnWire(store)
    wire.call(("PING",))
    before = store.info("stats")["total_reads_processed"]
    first, bad, last = (
        gevent.spawn(wire.call, ("EXISTS", key), ("LLEN", key)) for key in ("list", "text", "list")
    )
    gevent.joinall([first, bad, last])
    assert store.info("stats")["total_reads_processed"] - before == 2  # theirs, and this
    assert (first.value, last.value) == ([1, 2], [1, 2])
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        bad.get()
