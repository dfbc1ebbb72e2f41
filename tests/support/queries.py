"""Queries for tests: small tables made of bytes, requests past the compiler, processes seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from shared.datasets import Profile
from shared.settings import CHECKOUT
from tests.support.stop import HandStop
from worker.query.engine import QueryEngine, table_path
from worker.query.ingest import Ingest, file_source
from worker.query.locked import Request
from worker.query.plan import QueryPlan

DATA = CHECKOUT / "data"


class Tables:
    """A data directory, an engine over it, and the tables that were read into it."""

    def __init__(self, data_dir: Path, engine: QueryEngine) -> None:
        self.data_dir = data_dir
        self._engine = engine
        self.ingest = ingest_with(engine, data_dir)

    def read(self, path: Path) -> Profile:
        """One file, ingested."""
        return self.ingest.whole(file_source(path), HandStop())

    def demo(self, name: str) -> tuple[Profile, pd.DataFrame]:
        """A demo table, and what pandas reads from the same file."""
        path = DATA / f"{name}.csv"
        frame = pd.read_csv(path)
        if "date" in frame:
            frame["date"] = pd.to_datetime(frame["date"])
        return self.read(path), frame

    def run(self, profile: Profile, **plan: Any) -> Any:
        """The result of a plan given by its members."""
        typed = QueryPlan.model_validate({"dataset_id": profile.id, **plan})
        return self._engine.run(typed, profile, HandStop())

    def request(self, profile: Profile, sql: str) -> Request:
        """A query that no plan was compiled to."""
        return Request(
            kind="query",
            path=str(table_path(self.data_dir, profile)),
            table="data",
            sql=sql,
            parameters=[],
            buckets=[None],
            counts_sql="SELECT count(*) FROM data",
            counts_parameters=[],
            require_landlock=True,
        )


def ingest_with(engine: QueryEngine, data_dir: Path) -> Ingest:
    """What reads files into the data directory of an engine."""
    return Ingest(data_dir, engine.helper, deadline_s=120)


def children(pid: int) -> list[int]:
    """The processes that `pid` started and that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # ended in the meantime
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def queries_of(worker: int) -> list[int]:
    """The processes that run a worker's queries: children of its helper."""
    return [query for helper in children(worker) for query in children(helper)]
