"""Questions that look answerable and are not: each was once answered by leaving a word out."""

from __future__ import annotations

import pytest

from tests.support.agent import Agent

MISLEADING = {
    "league-results": [
        "How many matches did the home team win?",
        "How many matches did Brookside win at home?",
        "Which home team won the most matches?",
        "Which away team has the best record?",
        "How many matches ended in a draw?",
        "average attendance on rainy days",
        "How many home goals were scored in the second half?",
        "matches where the home goals were higher than the away goals",
    ],
    "films": [
        "Which country makes the best films?",
        "Which genre is the most popular?",
        "films with a rating of 11",
        "films that cost less than their predecessor",
        "Which films were not released in cinemas?",
        "Which directors have films in more than 1 country?",
        "Which films have a runtime below their budget?",
        "films like Ember",
        "second longest film in Lisbon",
    ],
    "orders": [
        "total price of all orders",
        "running total of unit price by month",
        "orders in the last month",
        "unit price of SO-9999",
        "share of Germany",
        "return rate by country",
        "Which product category has the most orders compared to Spain?",
        "Which products were never ordered by Poland?",
        "top 10 percent of orders by unit price",
    ],
    "energy": [
        "Which months had no consumption?",
        "How many months was the cost above 1500?",
        "consumption at night",
        "Which site uses more than Dresden?",
        "cost in dollars",
        "change in total cost from 2021 to 2022 most of the time",
    ],
    "medals": [
        "rank 30",
        "Which nation won gold in skiing?",
        "Which nations have more gold than silver?",
    ],
    "world-development": [
        "total GDP per capita",
        "How many people live in Asia?",
        "Was Kenya larger than Ghana in 2010?",
    ],
    "seattle-weather": [
        "coldest day of each month",
        "Average wind of days with temp_max above 100",
        "average of the highest temp_max per year",
        "days warmer than yesterday",
        "How many days had temp_max greater than temp_min?",
        "How many months had more than 10 rainy days?",
    ],
    "penguins": [
        "Which island is the largest?",
        "percentage of females by species",
        "penguins with a beak longer than their flipper",
        "ratio of males to females",
    ],
}


@pytest.mark.parametrize("dataset", MISLEADING)
def test_no_word_of_weight_is_left_out(tables: Agent, agent: Agent, dataset: str) -> None:
    """Asked back or declined, all of them."""
    asked = agent if dataset in agent.datasets else tables
    assert [question for question in MISLEADING[dataset] if asked.plans(question, dataset)] == []


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("days without rain or snow", 794),
        ("average body mass of all but Gentoo", None),
    ],
)
def test_what_is_denied_is_left_out(agent: Agent, question: str, rows: int | None) -> None:
    """A "not" reaches over "or"; "all but" is one."""
    answer = agent.ask(question).answer
    assert answer.query is not None
    assert " not " in answer.query["plan"]
    if rows is not None:
        assert answer.table is not None
        assert answer.table.total_rows == rows
