"""The catalogue: the profiles of all datasets, published by workers, read by everyone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import redis

from shared import keys
from shared.datasets import Profile
from shared.scripts import guarded


class Catalogue:
    """Profiles by dataset id; methods raise Unavailable."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store

    def publish(self, profiles: Sequence[Profile]) -> None:
        """Replace the catalogue by `profiles`."""
        with guarded(), self._store.pipeline(transaction=True) as transaction:
            transaction.delete(keys.DATASETS)
            for profile in profiles:
                transaction.hset(keys.DATASETS, profile.id, profile.model_dump_json())
            transaction.execute()

    def all(self) -> dict[str, Profile]:
        """Every profile, by id in alphabetical order."""
        with guarded():
            found = cast("dict[bytes, bytes]", self._store.hgetall(keys.DATASETS))
        return {key.decode(): Profile.model_validate_json(found[key]) for key in sorted(found)}

    def get(self, dataset_id: str) -> Profile | None:
        """One profile, or None."""
        with guarded():
            found = self._store.hget(keys.DATASETS, dataset_id)
        return Profile.model_validate_json(found) if found is not None else None
