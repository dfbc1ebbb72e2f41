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
    model = ScriptedModel(reading(), ["In 2014 it reached ", "35.6 °C. ", "That was the most."])
    asked = agent.ask(HARD, "seattle-weather", model)
    assert asked.answer.planner == "openai:scripted"
    assert asked.answer.answer == "In 2014 it reached 35.6 °C. That was the most."
    assert asked.streamed() == asked.answer.answer
    assert model.calls == ["parse", "stream"]


def test_a_number_that_is_not_in_the_result_is_never_shown(agent: Agent) -> None:
    model = ScriptedModel(reading(), ["In 2014 it reached 41.2 °C."])
    asked = agent.ask(HARD, "seattle-weather", model)
    assert asked.answer.answer == "The highest temp max in 2014 is 35.6 °C."
    assert "41.2" not in asked.streamed()
    assert asked.answer.data_summary is not None
    assert "41.2" in asked.answer.data_summary["note"]


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
