"""Reuse: results that are still true, by what was asked of which version of which table.

Two questions share a result only when their plans are the same, never because their texts are
alike. Whoever asks has to hold the table's profile, which is given only to those who may read it;
the key has the table's id and the hash of its content, so nothing crosses from one to another.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from threading import Lock

from shared.datasets import Profile
from worker.agent.results import QueryResult
from worker.query.plan import QueryPlan

_MOST_RESULTS = 128
_MOST_TRIALS = 4096


class Kept:
    """The results used last, at most 128 of at most 1,000 rows each; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._results: OrderedDict[str, QueryResult] = OrderedDict()

    def get(self, key: str, ask: Callable[[], QueryResult]) -> QueryResult:
        """The kept result, marked as reused, or a new one; errors are never kept."""
        with self._lock:
            found = self._results.get(key)
            if found is not None:
                self._results.move_to_end(key)
        if found is not None:
            return found.model_copy(update={"reused": True}, deep=True)
        made = ask()
        with self._lock:
            self._results[key] = made.model_copy(deep=True)
            while len(self._results) > _MOST_RESULTS:
                self._results.popitem(last=False)
        return made


class Trials:
    """Which plans were tried out on which version of which table, and whether they found anything.

    Any thread may ask.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[str, bool] = OrderedDict()

    def known(self, plans: Sequence[QueryPlan], profile: Profile) -> dict[str, bool]:
        """What was found out of these plans, by their keys; of those not tried, nothing."""
        keys = [of_plan(plan, profile) for plan in plans]
        with self._lock:
            return {key: self._found[key] for key in keys if key in self._found}

    def learn(self, found: Mapping[str, bool]) -> None:
        """Take over what was found out before."""
        with self._lock:
            self._found.update(found)

    def of(
        self,
        plans: Sequence[QueryPlan],
        profile: Profile,
        ask: Callable[[list[QueryPlan]], list[bool] | None],
    ) -> list[bool]:
        """Whether each plan finds anything; `ask` tries those not tried yet, None is no answer."""
        keys = [of_plan(plan, profile) for plan in plans]
        with self._lock:
            new = {k: p for k, p in zip(keys, plans, strict=True) if k not in self._found}
        made = dict(zip(new, ask(list(new.values())) or [], strict=False)) if new else {}
        with self._lock:
            self._found.update(made)
            told = [self._found.get(key, False) for key in keys]
            while len(self._found) > _MOST_TRIALS:
                self._found.popitem(last=False)
        return told


def of_plan(plan: QueryPlan, profile: Profile) -> str:
    """The key of a plan's result; the order of its filters makes no difference."""
    said = plan.model_dump(mode="json", exclude_defaults=True)
    if "filters" in said:
        said["filters"] = sorted(said["filters"], key=lambda one: json.dumps(one, sort_keys=True))
    return _key("plan", said, profile)


def of_statement(sql: str, profile: Profile) -> str:
    """The key of the result of a statement, to the letter."""
    return _key("sql", sql, profile)


def _key(lane: str, asked: object, profile: Profile) -> str:
    # Names and units stand in the result's headers, and people may edit them.
    columns = [(column.name, column.type, column.unit) for column in profile.columns]
    about = [lane, asked, profile.id, profile.version, columns, version("duckdb")]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
