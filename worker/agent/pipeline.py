"""The pipeline: the steps of the agent, in order, as the executor runs them."""

from __future__ import annotations

from shared.events import step_started_body
from worker.agent.context import Context
from worker.agent.results import Answer, IntentResult, PlanResult, QueryResult
from worker.agent.steps import insight, intent, plan, query
from worker.steps import Step

STEPS: tuple[Step[Context], ...] = (
    Step("intent", IntentResult, "intent_parsed", intent.progress, intent.run, intent.describe),
    Step("plan", PlanResult, "query_planned", plan.progress, plan.run, plan.describe),
    Step("query", QueryResult, "query_executed", query.progress, query.run, query.describe),
    Step("insight", Answer, "insight_generated", insight.progress, insight.run, insight.describe),
)

#: The event that starts the first step of every question.
FIRST_STEP = step_started_body(STEPS[0].name, intent.PROGRESS)
