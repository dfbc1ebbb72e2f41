"""Tables of other kinds than the demo ones: panels, one row per name, counts of things."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.agent import Agent
from tests.support.queries import ingest_with
from worker.query.engine import QueryEngine
from worker.query.scan import scan

_CITIES = """city,date,rainfall (mm),sky
Oslo,2020-01-01,5,cloud
Rome,2020-01-01,0,sun
Oslo,2020-01-02,9,cloud
Rome,2020-01-02,1,sun
Oslo,2020-01-03,0,sun
Rome,2020-01-03,0,sun
"""
_COUNTRIES = """country,region,population,income
Chad,Africa,14000000,1900
Mali,Africa,17000000,1700
Peru,America,31000000,11900
"""
_THEFTS = """Reported,District,Time of day,Loss
2020-01-01,North,Night,100
2020-01-01,North,Day,20
2020-02-03,South,Night,50
2021-02-07,North,Day,
"""
_BRANCHES = """When,Branch,Visitors
2023-01-01,North,120
2023-02-01,North,150
2023-01-01,South,200
2023-02-01,South,180
"""
_STOCK = """SKU,Item,Stock,Score (1-10),Owner,Status,Supplier
A1,Hammer,40,7,Ana,new,Bolt
A2,Glue,2,9,Ben,old,
A3,Saw,15,8,Ana,old,Bolt
"""
_STAYS = """Guest,Arrived,Left
G1,2024-04-28,2024-05-02
G2,2024-05-05,2024-06-01
G3,2024-05-07,2024-05-09
"""
_EXAMS = """Student,Subject,Grade,Exam date,Passed,Hours learned,Break (h)
Anna,Maths,2,2024-05-03,yes,10,1
Anna,History,5,2024-05-03,no,2,1
Anna,English,1,2024-05-03,yes,7,2
Ben,Maths,3,2024-06-03,yes,8,1
"""
_DONORS = """Donor,Blood,Kind,Pulse
Ann,O+,Follow-up,60
Ben,O-,Follow-up,70
Cem,A+,First,80
Dee,O-,First,90
"""


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over small tables without any description."""
    folder, data_dir = tmp_path_factory.mktemp("others"), tmp_path_factory.mktemp("tables")
    tables = {"cities": _CITIES, "countries": _COUNTRIES, "branches": _BRANCHES}
    tables |= {"stock": _STOCK, "stays": _STAYS, "exams": _EXAMS, "donors": _DONORS}
    for name, text in {**tables, "bikethefts": _THEFTS}.items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "cities.meta.json").write_text(
        json.dumps({"columns": {"rainfall (mm)": {"unit": "mm"}}})
    )
    engine = QueryEngine(data_dir, require_landlock=False)
    found = scan(folder, ingest_with(engine, data_dir))
    assert found.problems == []
    yield Agent({profile.id: profile for profile in found.profiles}, engine, data_dir)
    engine.close()


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Wettest day in Oslo", ["2020-01-02", 9]),
        ("How many days was it sunny in Rome?", [3]),
        ("Which city is the wettest?", ["Oslo", 14]),
        ("Which country has the largest population?", ["Peru", 31000000]),
        ("Income of Mali", ["Mali", 1700]),
        ("total population by region", ["Africa", 31000000]),
        ("How many thefts at night?", [2]),
        ("Thefts per year", ["2020", 3]),
        ("Which district had the most thefts?", ["North", 3]),
        ("total loss in 2020", [170]),
        ("How many exams did Anna pass?", [2]),  # of one day
        ("How many different exam dates were there?", [2]),
        ("How many items have a supplier?", [2]),
        ("How many donors are follow-up?", [2]),
        ("items with stock under 10", ["Glue", 2]),  # by its name, not by its code
        ("visitors by month", ["January", 320]),  # of one year, in which no month comes twice
    ],
)
def test_the_words_of_an_unseen_table_are_found(
    others: Agent, question: str, first: list[Any]
) -> None:
    answer = others.ask(question).answer
    assert answer.table is not None, answer.answer
    for cell in first:
        assert cell in answer.table.rows[0]


@pytest.mark.parametrize(
    ("dataset", "question"),
    [
        ("cities", "How many days was it sunny?"),
        ("countries", "GDP of Mali"),
        ("bikethefts", "Which thief is the fastest?"),
        ("stock", "How many hammers do we have?"),  # one row, or 40 pieces
        ("stock", "total stock value"),
        ("stock", "How many items did Ana finish?"),
        ("exams", "How long did Ben learn on average?"),
    ],
)
def test_what_they_do_not_say_is_refused(others: Agent, dataset: str, question: str) -> None:
    assert others.ask(question, dataset).answer.table is None


def test_a_unit_said_later_counts_at_once(others: Agent) -> None:
    """What people say of a column may change while its data, and so its version, stay the same."""
    told = others.datasets["cities"]
    column = told.column("rainfall (mm)")
    before = [c.model_copy(update={"unit": None}) for c in told.columns if c == column]
    untold = told.model_copy(
        update={"columns": [before[0] if c == column else c for c in told.columns]}
    )
    question = "How many rows had rainfall above 0.8 cm?"
    first = replace(others, datasets={"cities": untold}).ask(question, "cities").answer.table
    then = others.ask(question, "cities").answer.table
    assert first is not None
    assert then is not None
    assert [first.rows, then.rows] == [[[3]], [[1]]]


def test_of_several_dates_the_one_that_counted_is_named(others: Agent) -> None:
    answer = others.ask("How many left in May?", "stays").answer
    assert answer.answer is not None
    assert "in May (left)" in answer.answer


def test_a_scale_is_no_unit(others: Agent) -> None:
    assert others.datasets["stock"].column("Score (1-10)").unit is None


@pytest.mark.parametrize("question", ["How many donors are O-?", "blood O- donors", "Who is O-?"])
def test_no_sign_is_taken_for_another(others: Agent, question: str) -> None:
    found = others.ask(question, "donors").answer
    assert found.query is None or "O+" not in found.query["plan"]
