"""When the model is asked, what is taken from it, and what happens when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.agent import Agent, ScriptedModel
from worker.models.chat import ModelRefused, ModelUnavailable

SURE = "Which month is the wettest on average?"
HARD = "What did the mercury climb to in 2014 at most?"


def reading(**parts: Any) -> dict[str, Any]:
    """A model's reading of HARD; `parts` replace members."""
    plan = {
        "filters": [{"column": "date", "operator": "eq", "values": [2014], "part": "year"}],
        "group_by": [],
        "aggregates": [{"function": "max", "column": "temp_max"}],
        "columns": [],
        "sort": [],
        "limit": None,
        "compare": None,
    }
    made = {
        "reasoning": "Mercury stands for the temperature.",
        "intent": "PARTICULAR",
        "confidence": 0.9,
        "plan": plan,
        "cannot_answer": None,
        "clarification": None,
    }
    return made | parts


def test_a_sure_question_costs_no_tokens(agent: Agent) -> None:
    model = ScriptedModel()
    assert agent.ask(SURE, "seattle-weather", model).answer.planner == "built-in planner"
    assert model.calls == []


def test_the_model_plans_and_words_what_the_rules_cannot_read(agent: Agent) -> None:
    model = ScriptedModel(reading(), ["In 2014 it reached ", "{{r0c0}}. ", "That was the most."])
    asked = agent.ask(HARD, "seattle-weather", model)
    assert asked.answer.planner == "openai:scripted"
    assert asked.answer.answer == "In 2014 it reached 35.6 °C. That was the most."
    assert asked.streamed() == asked.answer.answer
    assert model.calls == ["parse", "stream"]
    cost = asked.answer.cost
    assert cost is not None
    assert (cost.model_calls, cost.tokens_in, cost.tokens_out, cost.usd) == (2, 130, 25, None)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("In 2014 it reached 41.2 °C.", "41.2"),
        ("In 2014 it reached 35.6 °C.", "35.6"),
        ("It reached {{r0c0}}, twice what it was before.", "twice"),
        ("It reached {{r0c0}}, up ½ from before.", "½"),
        ("It reached {{r3c0}}.", "r3c0"),
        ("It reached {{temperature}}.", "temperature"),
    ],
)
def test_a_number_that_is_bound_to_nothing_is_never_shown(
    agent: Agent, text: str, wrong: str
) -> None:
    """Not even a right one: who may write digits may also write the wrong ones."""
    asked = agent.ask(HARD, "seattle-weather", ScriptedModel(reading(), [text]))
    assert asked.answer.answer == "The highest temp max in 2014 is 35.6 °C."
    assert asked.streamed() == asked.answer.answer
    assert asked.answer.data_summary is not None
    assert wrong in asked.answer.data_summary["note"]


def test_checked_sentences_stay_when_a_later_one_is_put_aside(agent: Agent) -> None:
    model = ScriptedModel(reading(), ["In 2014 it reached {{r0c0}}. ", "Before it was 99 °C."])
    asked = agent.ask(HARD, "seattle-weather", model)
    assert asked.answer.answer == asked.streamed().rstrip() == "In 2014 it reached 35.6 °C."


BY_YEAR = {
    "filters": [],
    "group_by": [{"column": "date", "bucket": "year"}],
    "aggregates": [{"function": "max", "column": "temp_max"}],
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{r1c0}} reached {{r1c1}}, {{r2c0}} {{r2c1}}.", "2013 reached 33.9 °C, 2014 35.6 °C."),
        ("It was {{r1c1}} in {{r1c0}}.", "It was 33.9 °C in 2013."),
        ("{{r1c0}} reached {{r2c1}}.", ""),
        ("{{r1c0}} reached {{r2c1}}, {{r2c0}} {{r1c1}}.", ""),
        ("The year of 2013 reached {{r2c1}}.", ""),
        ("It rose by {{r2c1-r1c1}}.", "It rose by 1.7 °C."),
    ],
)
def test_a_number_stands_by_the_name_of_its_own_row(agent: Agent, text: str, shown: str) -> None:
    """Rows mixed up are put aside, and so is a name that is written out instead of bound."""
    model = ScriptedModel(reading(plan=BY_YEAR), [text])
    question = "How high did the mercury climb in each year?"
    answer = agent.ask(question, "seattle-weather", model).answer
    told = "Highest temp max by year: 2012: 34.4 °C; 2013: 33.9 °C; 2014: 35.6 °C; 2015: 35 °C."
    assert answer.answer == (shown or told)


def test_without_the_model_the_rules_answer_and_say_so(agent: Agent) -> None:
    model = ScriptedModel(ModelRefused("the key is not valid"))
    answer = agent.ask(HARD, "seattle-weather", model).answer
    assert answer.type in {"cannot_answer", "unrelated_response"}
    assert answer.planner == "built-in planner (model failed: the key is not valid)"


def test_a_model_that_fails_while_writing_leaves_the_text_to_the_rules(agent: Agent) -> None:
    model = ScriptedModel(reading(), ["In 2014 it ", ModelRefused("content policy")])
    answer = agent.ask(HARD, "seattle-weather", model).answer
    assert answer.answer == "The highest temp max in 2014 is 35.6 °C."


@pytest.mark.parametrize(
    "model",
    [
        ScriptedModel(ModelUnavailable("429")),
        ScriptedModel(reading(), ["In 2014", ModelUnavailable("connection cut")]),
    ],
)
def test_a_passing_failure_is_left_to_the_executor(agent: Agent, model: ScriptedModel) -> None:
    with pytest.raises(ModelUnavailable):
        agent.ask(HARD, "seattle-weather", model)


def test_on_the_last_attempt_a_model_that_stops_writing_leaves_the_text_to_us(agent: Agent) -> None:
    model = ScriptedModel(reading(), ["In 2014", ModelUnavailable("connection cut")])
    answer = agent.ask(HARD, "seattle-weather", model, last_attempt=True).answer
    assert answer.answer == "The highest temp max in 2014 is 35.6 °C."
    assert answer.data_summary is not None
    assert "connection cut" in answer.data_summary["note"]


def test_the_model_may_refuse_too(agent: Agent) -> None:
    refused = reading(plan=None, cannot_answer="The table has no mercury.")
    answer = agent.ask(HARD, "seattle-weather", ScriptedModel(refused)).answer
    assert answer.type == "cannot_answer"
    assert "The table has no mercury." in answer.answer


def test_the_model_may_ask_back(agent: Agent) -> None:
    asked_back = {"question": "Highest or lowest?", "choices": ["Highest temp_max", "Lowest"]}
    unclear = reading(intent="CLARIFICATION", plan=None, clarification=asked_back)
    answer = agent.ask(HARD, "seattle-weather", ScriptedModel(unclear)).answer
    assert answer.type == "clarification"
    assert answer.answer == "Highest or lowest?"
    assert answer.suggestions == ["Highest temp_max", "Lowest"]
