"""Answers over the tables kept apart: only totals are told."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.agent.golden.sealed import SEALED
from tests.agent.test_golden_tables import score
from tests.support.agent import Agent

#: What came out when they were first asked, of 130 with an answer and 95 without.
FIRST = {"right": 95, "wrong": 8, "answered anyway": 4}
#: Rules for other tables may move a few of them.
SLACK = 3


def test_every_sealed_table_is_read_and_a_third_of_its_questions_has_no_answer(
    sealed: Agent,
) -> None:
    assert {table.id for table in SEALED} == set(sealed.datasets)
    answerable = sum(len(table.answerable) for table in SEALED)
    declined = sum(len(table.declined) for table in SEALED)
    assert declined * 3 >= answerable + declined


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # theirs, not ours
def test_sealed_tables_as_a_whole(sealed: Agent) -> None:
    """What they met when first asked, and no worse; a failure must not show their questions."""
    whole: Counter[str] = Counter()
    for table in SEALED:
        whole.update(score(sealed, table).counts)
    print(whole)
    assert whole["right"] >= FIRST["right"] - SLACK, whole
    assert whole["wrong"] <= FIRST["wrong"] + SLACK, whole
    assert whole["answered anyway"] <= FIRST["answered anyway"] + SLACK, whole
