"""Questions without an answer, made from those that have one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.wiki.database import Tables
from bench.wiki.tables import Question, fold_of
from bench.wiki.unanswerable import Known, known_of, unanswerable
from worker.models.builtin.ranked.facts import Tried
from worker.models.builtin.ranked.features import Question as Asked
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.remains import Remains
from worker.models.builtin.ranked.table import word_table

RACES = "Driver,Team,Country\nAnna Berg,Falcons,Norway\nBo Lind,Hawks,Sweden\n"
FILMS = "Film,Director,Country\nRiver,Anna Sand,Norway\nStone,Eva Holm,Peru\n"
ASKED = [
    ("races", "which team did Anna Berg drive for"),
    ("films", "what is the country of Stone"),
    ("films", "who was the director of River"),
    ("races", "which country is Bo Lind from"),
]


@pytest.fixture
def known(tmp_path: Path) -> list[Known]:
    """Questions over two tables of one fold, with the words that their answers turn on."""
    fold = fold_of("races.csv")
    films = next(n for n in (f"films{at}.csv" for at in range(50)) if fold_of(n) == fold)
    (tmp_path / "races.csv").write_text(RACES)
    (tmp_path / films).write_text(FILMS)
    tables, found = Tables(tmp_path), []
    for at, (name, text) in enumerate(ASKED * 3):
        table = "races.csv" if name == "races" else films
        rehearsal = tables.rehearsal(table)
        asked = Asked(text, link(text, word_table(rehearsal.profile)), frozenset())
        plan = next(one for one in candidates(asked.links) if one.operation == "lookup")
        left = Remains(asked).of(Tried(plan, rehearsal.found(plan), {}))
        question = Question(f"{at}", text, table, ("any",))
        found.append(known_of(question, asked, plan, left))
    return found


def test_each_lacks_something_that_its_question_turns_on(known: list[Known]) -> None:
    """Another table, or a word that the table does not have; the same each time."""
    made = unanswerable(known)
    asked = {one.question.id: one.question for one in known}
    stems = {one.question.table: one.table for one in known}
    assert made == unanswerable(known)
    assert len(made) >= 8
    for one in made:
        before = asked[one.id]
        assert one.answer == ()
        if one.table != before.table:
            assert one.text == before.text
        else:
            new = set(one.text.lower().split()) - set(before.text.lower().split())
            assert new, (before, one)
            assert not {word.rstrip("?") for word in new} - {"in"} <= stems[one.table]
    assert {one.table != asked[one.id].table for one in made} == {True, False}
