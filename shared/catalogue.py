"""The catalogue: the profiles of all datasets, published by workers.

Tables of the datasets directory belong to all; uploaded ones are seen by their owner only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import inf
from time import monotonic
from typing import Any, cast

import redis

from shared import keys
from shared.datasets import Profile
from shared.scripts import guarded

#: Profiles that a process keeps in their read form.
PARSED = 256
#: For so long a worker need not read again which tables belong to all.
FRESH_S = 1.0


@lru_cache(maxsize=PARSED)
def parsed(text: bytes) -> Profile:
    """A stored profile. Every job reads all of them, and they rarely change."""
    return Profile.model_validate_json(text)


class Catalogue:
    """Profiles by dataset id; methods raise Unavailable."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store
        #: When the tables that belong to all were last read, and what they were.
        self._for_all: tuple[float, dict[bytes, bytes]] = (-inf, {})

    def publish(self, profiles: Sequence[Profile]) -> None:
        """Replace the tables that belong to all by `profiles`."""
        with guarded(), self._store.pipeline(transaction=True) as transaction:
            transaction.delete(keys.DATASETS)
            for profile in profiles:
                transaction.hset(keys.DATASETS, profile.id, profile.model_dump_json())
            transaction.execute()

    def all(self, owner: str) -> dict[str, Profile]:
        """Every profile that `owner` may see, by id in alphabetical order."""
        with guarded(), self._store.pipeline(transaction=False) as pipeline:
            pipeline.hgetall(keys.DATASETS)
            pipeline.hgetall(keys.UPLOADS % owner)
            for_all, own = cast("list[dict[bytes, bytes]]", pipeline.execute())
        return _read({**own, **for_all})

    def with_own(self, own: Mapping[bytes, bytes]) -> dict[str, Profile]:
        """The same for whoever has the tables `own`, as the store has them.

        Those that belong to all change when a worker starts; a second later they are seen here.
        """
        read_at, for_all = self._for_all
        if monotonic() - read_at > FRESH_S:
            with guarded():
                for_all = cast("dict[bytes, bytes]", self._store.hgetall(keys.DATASETS))
            self._for_all = (monotonic(), for_all)
        return _read({**own, **for_all})

    def get(self, dataset_id: str, owner: str) -> Profile | None:
        """One profile, or None: there is none, or it is somebody else's."""
        with guarded(), self._store.pipeline(transaction=False) as pipeline:
            pipeline.hget(keys.DATASETS, dataset_id)
            pipeline.hget(keys.UPLOADS % owner, dataset_id)
            for_all, own = pipeline.execute()
        found = for_all or own
        return parsed(found) if found else None

    def uploads(self, owner: str) -> int:
        """How many tables `owner` has uploaded."""
        with guarded():
            return int(self._store.hlen(keys.UPLOADS % owner))

    def change(
        self, dataset_id: str, owner: str, changed: Callable[[Profile | None], Profile]
    ) -> Profile:
        """Store what `changed` makes of an uploaded table's profile (None: it is new).

        It may be called more than once, when somebody else changes the same; what it raises is
        raised, and nothing stored.
        """
        key = keys.UPLOADS % owner

        def attempt(pipeline: Any) -> Any:
            found = cast("bytes | None", pipeline.hget(key, dataset_id))
            profile = changed(parsed(found) if found else None)
            pipeline.multi()
            pipeline.hset(key, dataset_id, profile.model_dump_json())
            return profile

        with guarded():
            stored = self._store.transaction(attempt, key, value_from_callable=True)
        return cast("Profile", stored)

    def drop(self, dataset_id: str, owner: str) -> bool:
        """Remove an uploaded table; whether there was one."""
        with guarded():
            return bool(self._store.hdel(keys.UPLOADS % owner, dataset_id))


def _read(stored: Mapping[bytes, bytes]) -> dict[str, Profile]:
    return {key.decode(): parsed(stored[key]) for key in sorted(stored)}
