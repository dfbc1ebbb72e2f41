"""What an answer looks like next to what is asked, and which way a plan looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.wiki.database import Tables
from worker.models.builtin.ranked.facts import Field, Tried, facts
from worker.models.builtin.ranked.features import Features, Question
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.ranked.shapes import shape
from worker.models.builtin.ranked.table import word_table

VOYAGES = """\
"Ship","Sailed","Crew"
"Aurora","May 1901","20"
"Boreas","June 1902","30"
"Ceres","July 1904","25"
"""


@pytest.fixture(scope="module")
def voyages(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """A small table as the bench reads it."""
    folder = tmp_path_factory.mktemp("wiki")
    (folder / "voyages.csv").write_text(VOYAGES)
    return Tables(Path(folder)).rehearsal("voyages.csv")


def _asked(voyages: Rehearsal, text: str) -> Question:
    return Question(text, link(text, word_table(voyages.profile)), frozenset())


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (("May 1901", "Aurora"), {"answers with a year": 0.5, "answers with a capital": 1.0}),
        (("All ships", "25"), {"answers for the rest": 0.5, "answers with a digit": 0.5}),
        (("Crew (sailed)",), {"answers as columns": 1.0, "answers with brackets": 1.0}),
        (("at sea",), {"answers with a capital": 0.0, "answers as columns": 0.0}),
    ],
)
def test_answers_are_told_apart_by_how_they_look(
    voyages: Rehearsal, answers: tuple[str, ...], told: Features
) -> None:
    own = shape(_asked(voyages, "which ships sailed in the year 1901"), answers)
    assert {name: own[name] for name in told} == told
    assert own["asks year"] == 1.0


@pytest.mark.parametrize(("answers", "too_many"), [(1, -1), (2, 0), (3, 1), (90, 9)])
def test_how_many_are_asked_for_is_compared(
    voyages: Rehearsal, answers: int, too_many: float
) -> None:
    asked = _asked(voyages, "which two ships sailed")
    assert shape(asked, ["Aurora"] * answers)["answers too many"] == too_many


@pytest.mark.parametrize(
    ("text", "onwards", "back"),
    [
        ("which ship sailed next after the Boreas", 1.0, -1.0),
        ("which ship sailed before the Boreas", -1.0, 1.0),
    ],
)
def test_rows_after_and_before_are_told_apart_by_the_words(
    voyages: Rehearsal, text: str, onwards: float, back: float
) -> None:
    asked = _asked(voyages, text)
    tried = [Tried(one, voyages.found(one), {"score": 0.0}) for one in candidates(asked.links)]
    tried = [one for one in tried if one.found.answers]
    field = Field(asked, tried)
    directions = {
        (one.candidate.operation, facts(asked, one, field)["direction"])
        for one in tried
        if one.candidate.operation in {"next", "previous"}
    }
    assert directions == {("next", onwards), ("previous", back)}
