"""Answers over the tables kept apart: only totals are told."""

from __future__ import annotations

from tests.agent.golden.sealed import SEALED
from tests.agent.test_golden_tables import Score, score
from tests.support.agent import Agent


def test_every_sealed_table_is_read_and_a_third_of_its_questions_has_no_answer(
    sealed: Agent,
) -> None:
    assert {table.id for table in SEALED} == set(sealed.datasets)
    answerable = sum(len(table.answerable) for table in SEALED)
    declined = sum(len(table.declined) for table in SEALED)
    assert declined * 3 >= answerable + declined


def test_sealed_tables_as_a_whole(sealed: Agent) -> None:
    """The bounds are those of the tables held out before."""
    whole = Score()
    for table in SEALED:
        whole.plus(score(sealed, table))
    print(whole.counts)
    assert whole.right_share >= 0.75, whole.counts
    assert whole.wrong_share <= 0.025, whole.counts
    assert whole.counts["answered anyway"] <= 3, whole.counts
