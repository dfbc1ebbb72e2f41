"""Answers over unlike tables: how many are right, wrong, asked back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.agent.golden import DEVELOPED, FRESH, ONCE_HELD_OUT, PHRASED
from tests.agent.golden.answers import GoldenTable, right
from tests.agent.golden.demo import AMBIGUOUS, UNANSWERABLE
from tests.agent.golden.demo_kinds import DEMO_KINDS
from tests.agent.test_golden import GOLDEN
from tests.support.agent import Agent
from tests.support.unjailed import unjailed

PARTS = [
    [table for table in DEVELOPED if table not in ONCE_HELD_OUT],
    ONCE_HELD_OUT,
    [*PHRASED, *DEMO_KINDS],
]


@dataclass
class Score:
    """How a set of tables was answered; `wrong` and `missed` name the questions."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def plus(self, other: Score) -> None:
        """Add another one."""
        self.counts.update(other.counts)
        self.wrong += other.wrong
        self.missed += other.missed

    @property
    def right_share(self) -> float:
        """Right answers, of the questions that have one."""
        return self.counts["right"] / self.counts["answerable"]

    @property
    def wrong_share(self) -> float:
        """Wrong answers, of the questions that have one."""
        return self.counts["wrong"] / self.counts["answerable"]


def score(jailed: Agent, table: GoldenTable) -> Score:
    """Ask every question of a table."""
    with unjailed(jailed) as agent:
        return _score(agent, table)


def _score(agent: Agent, table: GoldenTable) -> Score:
    result = Score()
    frame = table.read()
    for question, wanted in table.answerable:
        found = agent.find(question, table.id)
        result.counts["answerable"] += 1
        if isinstance(found, str):
            result.missed.append(f"{table.id}: {question}: {found[:90]}")
        elif right(found, wanted(frame)):
            result.counts["right"] += 1
        else:
            result.counts["wrong"] += 1
            result.wrong.append(f"{table.id}: {question}: {found.rows[:2]}")
    for question in table.declined:
        result.counts["unanswerable"] += 1
        if agent.plans(question, table.id):
            result.counts["answered anyway"] += 1
            result.wrong.append(f"{table.id}: {question}")
    return result


@pytest.mark.parametrize("golden_tables", PARTS, ids=["first", "once held out", "small words"])
def test_developed_tables_as_a_whole(
    tables: Agent, agent: Agent, golden_tables: list[GoldenTable]
) -> None:
    """Nothing wrong, nothing answered that has no answer, and nearly all the rest answered."""
    whole = Score()
    for golden in golden_tables:
        whole.plus(score(agent if golden.id in agent.datasets else tables, golden))
    print(whole.counts, *whole.missed, sep="\n")
    assert whole.wrong == []
    assert whole.right_share >= 0.95, whole.missed


@pytest.mark.parametrize("golden_tables", [FRESH[:8], FRESH[8:]], ids=["first", "last"])
def test_fresh_tables_as_a_whole(tables: Agent, golden_tables: list[GoldenTable]) -> None:
    """Questions whose answers were not aimed at: none wrong, and most answered."""
    whole = Score()
    for golden in golden_tables:
        whole.plus(score(tables, golden))
    print(whole.counts, *whole.missed, sep="\n")
    assert whole.wrong == []
    assert whole.right_share >= 0.85, whole.missed


def test_there_are_enough_questions() -> None:
    tables = [*DEVELOPED, *DEMO_KINDS]
    answerable = len(GOLDEN) + sum(len(t.answerable) for t in tables)
    declined = len(UNANSWERABLE) + len(AMBIGUOUS)
    declined += sum(len(t.declined) for t in tables)
    assert len(DEVELOPED) >= 8
    assert answerable + declined >= 300
    assert declined * 3 >= answerable + declined


def test_of_the_questions_that_turn_on_small_words_half_have_no_answer() -> None:
    answerable = sum(len(table.answerable) for table in PHRASED)
    declined = sum(len(table.declined) for table in PHRASED)
    assert answerable >= 80
    assert declined >= 80
