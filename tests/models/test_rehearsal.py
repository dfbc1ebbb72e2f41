"""What candidates are tried out with, plain Python on rows in memory, agrees with the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shared.datasets import Profile
from shared.settings import CHECKOUT
from tests.agent.golden import DEVELOPED
from tests.agent.golden.answers import TABLES
from tests.agent.golden.demo import PENGUINS
from tests.support.queries import ingest_with
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Rehearsal, text
from worker.models.builtin.ranked.table import word_table
from worker.query.compile import compile_plan
from worker.query.engine import QueryEngine, table_path
from worker.query.scan import scan

QUESTIONS = {
    **{table.id: [question for question, _ in table.answerable] for table in DEVELOPED},
    "penguins": [question for question, _ in PENGUINS],
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Profile, Path]]]:
    """Profiles of small tables and where their rows are."""
    data_dir = tmp_path_factory.mktemp("tables")
    engine = QueryEngine(data_dir, require_landlock=False)
    ingest = ingest_with(engine, data_dir)
    found = [p for folder in (TABLES, CHECKOUT / "data") for p in scan(folder, ingest).profiles]
    yield {p.id: (p, table_path(data_dir, p)) for p in found if p.id in QUESTIONS}
    engine.close()


def _json(cell: Any) -> Any:
    """A cell as the engine gives it."""
    return cell.isoformat() if isinstance(cell, dt.date) else cell


@pytest.mark.parametrize("dataset", QUESTIONS)
def test_every_candidate_answers_as_its_sql_does(
    tables: dict[str, tuple[Profile, Path]], dataset: str
) -> None:
    """All that is tried for the golden questions; where rows tie, any of them may be first."""
    profile, path = tables[dataset]
    compared = 0
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW \"{profile.id}\" AS SELECT * FROM '{path}'")
        whole = connection.execute(f'SELECT * FROM "{profile.id}"').fetchall()
        rehearsal = Rehearsal(profile, [[_json(cell) for cell in row] for row in whole])
        for question in QUESTIONS[dataset]:
            for candidate in candidates(link(question, word_table(profile)))[::3]:
                query = compile_plan(candidate.plan(profile.id), profile, counting=False)
                rows = connection.execute(query.sql, query.parameters).fetchall()
                cells = [_json(row[candidate.answer]) for row in rows]
                told = [text(cell) for cell in cells if cell is not None and cell != ""]
                told = [one.lstrip("-") if candidate.magnitude else one for one in told]
                rehearsed = rehearsal.found(candidate)
                if not rehearsed.tied:
                    assert set(rehearsed.answers) == set(told), (question, candidate.parts)
                    compared += 1
    assert compared > 30
