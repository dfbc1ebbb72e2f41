"""Answers over the tables kept apart: only totals are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.agent.golden.answers import SEALED2_TABLES, SEALED_TABLES, GoldenTable
from tests.agent.golden.sealed import SEALED
from tests.agent.golden.sealed2 import SEALED2
from tests.agent.test_golden_tables import score
from tests.support.agent import Agent
from tests.support.tables import agent_over

#: Rules for other tables may move a few of them.
SLACK = 3


@dataclass(frozen=True)
class Lot:
    """Tables kept apart, where they are, and what came out when they were first asked."""

    folder: Path
    golden: list[GoldenTable]
    first: dict[str, int]


LOTS = {
    # Of 130 with an answer and 95 without.
    "first": Lot(SEALED_TABLES, SEALED, {"right": 95, "wrong": 8, "answered anyway": 4}),
    # Of 124 with an answer and 74 without.
    "second": Lot(SEALED2_TABLES, SEALED2, {"right": 91, "wrong": 1, "answered anyway": 2}),
}


@pytest.fixture(scope="module", params=list(LOTS.values()), ids=list(LOTS))
def sealed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Lot, Agent]]:
    """A lot of tables that are held out, and the agent over them."""
    lot: Lot = request.param
    with agent_over(lot.folder, tmp_path_factory) as agent:
        yield lot, agent


def test_every_sealed_table_is_read_and_a_third_of_its_questions_has_no_answer(
    sealed: tuple[Lot, Agent],
) -> None:
    lot, agent = sealed
    assert {table.id for table in lot.golden} == set(agent.datasets)
    answerable = sum(len(table.answerable) for table in lot.golden)
    declined = sum(len(table.declined) for table in lot.golden)
    assert declined * 3 >= answerable + declined


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # theirs, not ours
def test_sealed_tables_as_a_whole(sealed: tuple[Lot, Agent]) -> None:
    """What they met when first asked, and no worse; a failure must not show their questions."""
    lot, agent = sealed
    whole: Counter[str] = Counter()
    for table in lot.golden:
        whole.update(score(agent, table).counts)
    print(whole)
    assert whole["right"] >= lot.first["right"] - SLACK, whole
    assert whole["wrong"] <= lot.first["wrong"] + SLACK, whole
    assert whole["answered anyway"] <= lot.first["answered anyway"] + SLACK, whole
