"""The pipeline: the steps of the agent, in order, as the executor runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from worker.agent.context import Context
from worker.agent.results import Answer, IntentResult, PlanResult, QueryResult
from worker.agent.steps import insight, intent, plan, query

#: The results of the finished steps, by name.
Done = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One stage of the agent.

    `progress` gives the sentence of its `step_started` event, `run` its result (a `model`, stored
    as JSON), `describe` the sentence and the data of the `event` that ends it. A result that
    carries an answer, or is one, ends the job.
    """

    name: str
    model: type[BaseModel]
    event: str
    progress: Callable[[Context, Done], str]
    run: Callable[[Context, Done], BaseModel]
    describe: Callable[[Context, Any], tuple[str, dict[str, Any]]]


STEPS: tuple[Step, ...] = (
    Step("intent", IntentResult, "intent_parsed", intent.progress, intent.run, intent.describe),
    Step("plan", PlanResult, "query_planned", plan.progress, plan.run, plan.describe),
    Step("query", QueryResult, "query_executed", query.progress, query.run, query.describe),
    Step("insight", Answer, "insight_generated", insight.progress, insight.run, insight.describe),
)
