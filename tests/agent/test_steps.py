"""The steps as the person sees them: events, answers of every kind, and the choice of a table."""

from __future__ import annotations

import pytest

from tests.support.agent import Agent
from worker.models.builtin.planner import plannable

ACCEPTED = [
    ("Which month is the wettest on average?", "November has the highest average precipitation: 5"),
    ("How many days did it snow in 2014?", "There are 2 days where weather is snow in 2014"),
    ("Hottest day?", "The highest temp max is 35.6 °C: 2014-08-11."),
    ("Average max temperature by year", "2012: 15.3 °C; 2013: 16.1 °C; 2014: 17 °C; 2015: 17.4 °C"),
]


@pytest.mark.parametrize(("question", "said"), ACCEPTED)
def test_the_table_is_found_and_the_answer_said_in_words(
    agent: Agent, question: str, said: str
) -> None:
    answer = agent.ask(question).answer
    assert said in answer.answer
    assert answer.dataset == "seattle-weather"


def test_each_step_tells_what_it_did(agent: Agent) -> None:
    asked = agent.ask("Which month is the wettest on average?", "seattle-weather")
    told = {kind: content for kind, content, _ in asked.events if kind != "step_started"}
    started = [content for kind, content, _ in asked.events if kind == "step_started"]
    assert started == [
        "Reading the question…",
        "Planning the query…",
        "Querying 1,461 rows…",
        "Writing the answer…",
    ]
    assert told["intent_parsed"] == (
        "Intent parsed: a particular question about Seattle weather (confidence 1.00)"
    )
    assert told["query_planned"] == (
        "Plan: average precipitation by month of the year, highest first"
    )
    assert told["query_executed"].startswith("Read 1,461 rows, used 1,461, returned 12")
    assert told["insight_generated"] == asked.answer.answer


def test_events_carry_the_data_of_the_contract(agent: Agent) -> None:
    asked = agent.ask("How many days did it snow in 2014?", "seattle-weather")
    data = {kind: data for kind, _, data in asked.events}
    assert data["intent_parsed"] == {
        "intent": "PARTICULAR",
        "confidence": 1.0,
        "dataset": "seattle-weather",
    }
    assert data["query_planned"]["planner"] == "built-in planner"
    assert "snow" in data["query_planned"]["sql"]
    assert data["query_executed"]["rows"] == 1
    assert data["query_executed"]["rows_read"] == 1461
    assert data["query_executed"]["rows_used"] == 2
    assert data["insight_generated"] == {"answer": asked.answer.answer}


def test_an_answer_says_what_it_rests_on(agent: Agent) -> None:
    answer = agent.ask("Average body mass of male penguins by island", "penguins").answer
    summary = answer.data_summary
    assert summary is not None
    assert summary["rows_read"] == 344
    assert summary["rows_used"] == 168
    assert summary["filters"] == ["where sex is male"]
    assert summary["nulls_dropped"] == {}
    assert summary["dataset_version"] == agent.datasets["penguins"].version


def test_missing_values_that_an_average_leaves_out_are_counted(agent: Agent) -> None:
    answer = agent.ask("Average body mass by species", "penguins").answer
    assert answer.data_summary is not None
    assert answer.data_summary["nulls_dropped"] == {"Body Mass (g)": 2}


def test_an_empty_selection_has_no_average_and_is_not_zero(agent: Agent) -> None:
    answer = agent.ask(
        "Average wind of snowy days with temp_max above 33", "seattle-weather"
    ).answer
    assert answer.kind == "empty"
    assert answer.answer.startswith(
        "No days match where temp max is above 33 °C and weather is snow"
    )
    assert "0" not in answer.answer


def test_a_count_of_none_says_so(agent: Agent) -> None:
    answer = agent.ask("How many days did it snow in July 2013?", "seattle-weather").answer
    assert answer.answer == (
        "There are no days where weather is snow in July 2013, of 1,461 in the table."
    )


def test_a_typing_error_read_over_is_told(agent: Agent) -> None:
    answer = agent.ask("Averge body mass by specis", "penguins").answer
    assert answer.answer.endswith("(I read “Averge” as “average”.)")


def test_two_sides_come_with_their_difference(agent: Agent) -> None:
    answer = agent.ask("Compare the body mass of Adelie and Gentoo", "penguins").answer
    assert answer.answer.endswith("Adelie: 3,700.7 g; Gentoo: 5,076 g; a difference of 1,375.4 g.")


def test_a_tie_is_told_with_how_many_share_it(agent: Agent) -> None:
    answer = agent.ask("Driest day?", "seattle-weather").answer
    assert answer.answer.startswith("The lowest precipitation is 0 mm: 838 days share it")


def test_suggestions_can_all_be_asked(agent: Agent) -> None:
    answer = agent.ask("Average body mass by species", "penguins").answer
    assert 2 <= len(answer.suggestions) <= 3
    assert all(plannable(q, agent.datasets["penguins"]) for q in answer.suggestions)


def test_no_table_fits_so_all_are_named(agent: Agent) -> None:
    answer = agent.ask("Tell me a joke").answer
    assert answer.type == "unrelated_response"
    for profile in agent.datasets.values():
        assert profile.title in answer.answer


def test_a_question_that_fits_every_table_is_asked_back(agent: Agent) -> None:
    answer = agent.ask("How many rows are there?").answer
    assert answer.type == "clarification"
    assert len(answer.suggestions) == len(agent.datasets)
    assert agent.ask(answer.suggestions[0]).answer.type == "particular_response"


@pytest.mark.parametrize(
    ("question", "dataset"),
    [
        ("Which species is the heaviest?", "penguins"),
        ("windiest day in 2013", "seattle-weather"),
        ("Average unemployment rate by year", "unemployment-across-industries"),
    ],
)
def test_the_table_whose_words_fit_is_chosen(agent: Agent, question: str, dataset: str) -> None:
    assert agent.ask(question).answer.dataset == dataset


@pytest.mark.parametrize("question", ["tell me about this data", "summarize", "any insights?"])
def test_a_wish_to_explore_gets_findings_and_the_columns(agent: Agent, question: str) -> None:
    answer = agent.ask(question, "seattle-weather").answer
    assert answer.type == "exploration_response"
    assert "2012-01-01 to 2015-12-31" in answer.answer
    assert "rain (641)" in answer.answer
    assert answer.table is not None
    assert [row[0] for row in answer.table.rows][:2] == ["date", "precipitation"]


def test_missing_values_without_a_column_are_explored(agent: Agent) -> None:
    answer = agent.ask("Which columns have missing values?", "penguins").answer
    assert answer.type == "exploration_response"
    assert "sex (11)" in answer.answer


def test_exploring_without_a_table_asks_which(agent: Agent) -> None:
    assert agent.ask("tell me about the data").answer.type == "clarification"


@pytest.mark.parametrize("question", ["help", "what can you do?", "hi"])
def test_help_names_the_tables_and_what_to_ask(agent: Agent, question: str) -> None:
    answer = agent.ask(question).answer
    assert answer.type == "help_response"
    assert answer.suggestions


@pytest.mark.parametrize("question", ["bye", "thank you", "exit"])
def test_a_good_bye_ends_the_conversation(agent: Agent, question: str) -> None:
    assert agent.ask(question).answer.type == "conversation_end"


def test_a_refusal_names_the_word_it_does_not_know(agent: Agent) -> None:
    answer = agent.ask("What is the weather like on Mars?").answer
    assert answer.type == "cannot_answer"
    assert "“Mars”" in answer.answer


def test_a_year_outside_the_data_is_not_a_count_of_zero(agent: Agent) -> None:
    answer = agent.ask("How many days did it snow in 1999?", "seattle-weather").answer
    assert answer.type == "cannot_answer"
    assert "covers 2012-01-01 to 2015-12-31" in answer.answer
