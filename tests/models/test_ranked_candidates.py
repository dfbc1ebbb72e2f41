"""The kinds of plans that the ranked reading finds for a question, and what its trees add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.wiki.database import Tables
from worker.models.builtin.ranked.confidence import Judged, best_of
from worker.models.builtin.ranked.facts import Tried
from worker.models.builtin.ranked.features import Question
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.reader import is_true
from worker.models.builtin.ranked.rehearsal import text
from worker.models.builtin.ranked.remains import Left, Remains, column_stems
from worker.models.builtin.ranked.table import WordTable, word_table
from worker.models.builtin.ranked.trees import Trees
from worker.models.builtin.ranked.unbound import barred, foreign
from worker.models.builtin.ranked.usage import Usage, Word

GAMES = """\
"Year","Opponent","Result","Crowd (paying)","Distance"
"1988","Rovers","W 3-1","5,000","90 km"
"1989","United","L 0-2","12,000","120 km"
"1991","Rovers","W 2-0","7,500","90 km"
"1993","City","L 1-4","9,000","15 km"
"1994","United","D 1-1","20,000","120 km"
"""
SCHOOLS = """\
"School","Opened","Closed"
"Mill Lane","1901","1950"
"Castle Hill","1911","1999"
"Green Park","1921","1988"
"""


MEDALS = """\
"Nation","Gold","Bronze"
"Peru","4","1"
"Chile","2","3"
"Bolivia","1","0"
"""
SALES = """\
"Product","Quantity"
"Lamps","3"
"Rugs","4"
"Lamps","1"
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Small tables as the bench reads them."""
    folder = tmp_path_factory.mktemp("wiki")
    (folder / "games.csv").write_text(GAMES)
    (folder / "schools.csv").write_text(SCHOOLS)
    (folder / "medals.csv").write_text(MEDALS)
    (folder / "sales.csv").write_text(SALES)
    return Tables(Path(folder))


@pytest.mark.parametrize(
    ("table", "question", "operation", "answers"),
    [
        ("games", "how many games were lost", "count", {"2"}),
        ("games", "how many games were won", "count", {"2"}),
        ("games", "how many games were played in the 1990s", "count", {"3"}),
        ("games", "how many opponents were at least 90 km away", "count", {"4"}),
        ("games", "which opponents came more than once", "rows gt times", {"Rovers", "United"}),
        ("games", "which opponent was met only once", "rows eq times", {"City"}),
        ("games", "which opponent had the largest total crowd", "largest total", {"United"}),
        ("games", "how many games are listed after City", "count of rows below", {"1"}),
        ("games", "what are the top two crowds by opponent", "argmax", {"United"}),
        ("games", "opponents other than Rovers and City in 1989", "lookup", {"United"}),
        ("schools", "how long was Mill Lane open", "gap", {"49"}),
        ("schools", "how many years passed between the opening of Mill Lane and Green Park",
         "difference", {"20"}),
    ],
)  # fmt: skip
def test_a_kind_of_question_has_its_plan(
    tables: Tables, table: str, question: str, operation: str, answers: set[str]
) -> None:
    """Tried out on the rows and run as SQL, one candidate of this kind gives the answer."""
    rehearsal = tables.rehearsal(f"{table}.csv")
    found = [
        one
        for one in candidates(link(question, word_table(rehearsal.profile)))
        if one.operation == operation and set(rehearsal.found(one).answers) == answers
    ]
    assert found
    rows = tables.run(found[0].plan(rehearsal.profile.id)) or []
    said = {text(row[found[0].answer]) for row in rows}
    assert {one.lstrip("-") for one in said} == answers


def test_brackets_of_a_column_need_not_be_said(tables: Tables) -> None:
    words = _words(tables)
    crowd = next(family for family in words.families if family.name == "Crowd (paying)")
    short = link("the largest crowd", words).columns[crowd.index]
    long = link("the largest paying crowd", words).columns[crowd.index]
    assert short.score == long.score > 0.5
    assert long.tokens == {2, 3}


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("how many games were narrowly won", ("narrowly",)),
        ("how many games were won by the visitors", ("visitors",)),
        ("how many cars were won", ("cars",)),
        ("what is the number of customers against Rovers", ("customers",)),
        ("how many games were won in Norway", ("Norway",)),
        ("how many games were won by 7 goals", ("7",)),
        ("how many games had over 9,000 customers", ("customers",)),
        ("how many games were won in the 1991 season", ()),
        ("how many games were won in norway", ("norway",)),
        ("how many games were won in the rovers stadium", ()),
        ("how many games were won in sight of norway", ("sight",)),
        ("how many games in 1989 had a brass band", ("brass", "band")),
        ("how many games in 1989 involved horses", ("horses",)),
        ("how many games had the longest distance", ()),
        ("how many opponents drove to Rovers", ()),
    ],
)
def test_numbers_names_and_what_is_counted_are_not_left_over(
    tables: Tables, question: str, left: tuple[str, ...]
) -> None:
    """Games are known to be counted in tables with opponents and results; cars are not."""
    usage = _usage(game={"oppon": 1.2, "result": 0.8}, car={"driver": 1.5})
    assert _left_by_count(tables, "games.csv", question, usage) == left


@pytest.mark.parametrize(("measure", "barred_by"), [("Gold", ("bronze",)), ("Bronze", ())])
def test_no_other_figure_than_the_named_one_ranks(
    tables: Tables, measure: str, barred_by: tuple[str, ...]
) -> None:
    rehearsal = tables.rehearsal("medals.csv")
    links = link("which nation won the most bronze", word_table(rehearsal.profile))
    asked = Question("", links, frozenset())
    nations = [one for one in candidates(links) if one.target and one.target.shown.name == "Nation"]
    highest = (one for one in nations if one.operation == "argmax")
    best = next(one for one in highest if one.measure and one.measure.shown.name == measure)
    tried = Tried(best, rehearsal.found(best), {})
    left = [one for one in Remains(asked).of(tried) if one.kind == "column"]
    assert barred(asked, tried, left) == barred_by


def test_what_has_quantities_is_not_counted_by_rows(tables: Tables) -> None:
    assert _left_by_count(tables, "games.csv", "how many rovers came", _usage()) == ()
    assert _left_by_count(tables, "sales.csv", "how many lamps were sold", _usage()) == ("lamps",)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("at what distance were both Rovers and City", {()}),
        ("at what distance were both Rovers in 1988 and Rovers in 1991", {("90 km",)}),
    ],
)
def test_both_are_answered_only_by_what_both_have(
    tables: Tables, question: str, answers: set[tuple[str, ...]]
) -> None:
    rehearsal = tables.rehearsal("games.csv")
    links = link(question, word_table(rehearsal.profile))
    asked = Question(question, links, frozenset())
    tried = [
        Tried(one, rehearsal.found(one), {})
        for one in candidates(links)
        if one.target is not None and one.target.name == "Distance" and one.selection.joined
    ]
    assert tried
    true = {one.found.answers for one in tried if is_true(asked, one, rehearsal.profile)}
    assert (true or {()}) == answers


def test_what_hardly_anybody_asks_for_is_foreign() -> None:
    """A stranger to such columns: neither a word that many ask for, nor one that goes with them."""
    usage = _usage(crowd={"oppon": 2.2})
    asked = [Left(word, word, "asked") for word in ("crowd", "anthem", "colour")]
    common = Usage({**usage.words, "colour": Word(40, 0.5, 0.5)}, usage.unknown)
    assert foreign(asked, usage, frozenset({"oppon"})) == ("anthem", "colour")
    assert foreign(asked, common, frozenset({"oppon"})) == ("anthem",)
    assert foreign(asked, common, frozenset({"height"})) == ("crowd", "anthem")


def test_what_is_narrowed_to_may_be_left_over_if_it_is_known_to_be_harmless(
    tables: Tables,
) -> None:
    """Many say "in the chart" and mean the table; hardly anybody says what is "most reliable"."""
    known = {"chart": Word(40, 0.1, 0.3), "ski": Word(40, 0.5, 0.6), "reliabl": Word(40, 0.5, 0.5)}
    games = {"game": Word(4, 0.5, 0.5, {"oppon": 1.2, "result": 0.8})}
    usage = Usage({**games, **known}, Word(1, 0.5, 0.5))
    count = "how many games were won in the "
    assert _left_by_count(tables, "games.csv", f"{count} chart", usage) == ()
    assert _left_by_count(tables, "games.csv", f"{count} skiing", usage) == ("skiing",)
    ranked = "what number of games was most reliable"
    assert _left_by_count(tables, "games.csv", ranked, usage) == ()
    assert _left_by_count(tables, "games.csv", ranked, Usage(games, usage.unknown)) == ("reliable",)


def _usage(**company: dict[str, float]) -> Usage:
    """What is known of words that are each in questions to four tables."""
    words = {stem: Word(4, 0.5, 0.5, columns) for stem, columns in company.items()}
    return Usage(words, Word(1, 0.5, 0.5))


def _left_by_count(tables: Tables, name: str, question: str, usage: Usage) -> tuple[str, ...]:
    """The words that counting rows leaves over and must not."""
    rehearsal = tables.rehearsal(name)
    links = link(question, word_table(rehearsal.profile))
    asked = Question(question, links, frozenset())
    count = next(one for one in candidates(links) if one.operation == "count")
    tried = Tried(count, rehearsal.found(count), {})
    left = Remains(asked).of(tried)
    return barred(asked, tried, left) + foreign(left, usage, column_stems(links))


def _words(tables: Tables, name: str = "games.csv") -> WordTable:
    return word_table(tables.rehearsal(name).profile)


def test_trees_add_up_the_leaves_that_the_facts_lead_to() -> None:
    """Facts that are not told count as 0; the sum is a logit."""
    trees = Trees(["left", "share"], [[1, 0.5, -1.0, [0, 2, 3.0, 0.5]], [0, 0, 0.0, 1.0]])
    assert trees.probability({"share": 0.5}) == pytest.approx(0.2689, abs=1e-4)
    assert trees.probability({"share": 0.9, "left": 2.0}) == pytest.approx(0.9820, abs=1e-4)
    assert trees.probability({"share": 0.9, "left": 3.0}) == pytest.approx(0.8176, abs=1e-4)


def test_a_likely_plan_that_may_not_answer_gives_way_to_one_that_answers_the_same() -> None:
    """Not to one that says something else, nor to one that is far less likely."""
    judged = [
        Judged(frozenset(answers), {}, (), likely)
        for answers, likely in [("a", 0.6), ("b", 0.5), ("a", 0.3), ("a", 0.1)]
    ]
    assert best_of(judged, lambda at: False) == (0, False)
    assert best_of(judged, lambda at: at == 0) == (2, False)
    assert best_of(judged, lambda at: at in {0, 2}) == (0, True)
