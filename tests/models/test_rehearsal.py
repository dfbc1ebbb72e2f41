"""What candidates are tried out with, plain Python on rows in memory, agrees with the engine."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest

from tests.agent.golden import DEVELOPED
from tests.agent.golden.demo import PENGUINS
from tests.support.agent import Agent
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Rehearsal, text
from worker.models.builtin.ranked.table import word_table
from worker.query.compile import compile_plan
from worker.query.engine import table_path

#: Of moments only the days are rehearsed.
MOMENTS = {"sensors"}
QUESTIONS = {
    **{
        table.id: [question for question, _ in table.answerable]
        for table in DEVELOPED
        if table.id not in MOMENTS
    },
    "penguins": [question for question, _ in PENGUINS],
}


def _json(cell: Any) -> Any:
    """A cell as the engine gives it."""
    return cell.isoformat() if isinstance(cell, dt.date) else cell


@pytest.mark.parametrize("dataset", QUESTIONS)
def test_every_candidate_answers_as_its_sql_does(agent: Agent, tables: Agent, dataset: str) -> None:
    """All that is tried for the golden questions; where rows tie, any of them may be first."""
    asked = agent if dataset in agent.datasets else tables
    profile = asked.datasets[dataset]
    path = table_path(asked.data_dir, profile)
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
