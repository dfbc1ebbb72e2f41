"""Step 2, plan: the query that answers the question, in one plain sentence and as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.replies import refusal
from worker.agent.results import IntentResult, PlanResult
from worker.models.builtin.frame import Abstention
from worker.models.builtin.phrasing import row_noun
from worker.models.builtin.planner import plan_question
from worker.query.compile import display_sql
from worker.query.wording import sentence


def progress(ctx: Context, done: Mapping[str, Any]) -> str:  # noqa: ARG001
    """What is shown when the step starts."""
    return "Planning the query…"


def run(ctx: Context, done: Mapping[str, Any]) -> PlanResult:
    """Plan the question, unless step 1 did; without a plan the answer says what can be asked."""
    ctx.stop.check()
    intent = done["intent"]
    assert isinstance(intent, IntentResult)  # noqa: S101 - the pipeline's order
    profile = ctx.datasets[intent.dataset_id or ""]
    if intent.statement:
        return PlanResult(
            plan=None,
            statement=intent.statement,
            sentence=f"SQL that {intent.planner} wrote, for what no plan can say",
            sql=intent.statement,
            planner=intent.planner,
        )
    if intent.plan is not None:
        return _planned(intent, profile)
    try:
        plan = plan_question(ctx.question, profile).plan
    except Abstention as reason:
        answer = refusal(ctx, reason, profile, intent.planner)
        return PlanResult(plan=None, planner=intent.planner, answer=answer)
    return _planned(intent.model_copy(update={"plan": plan}), profile)


def _planned(intent: IntentResult, profile: Profile) -> PlanResult:
    plan = intent.plan
    assert plan is not None  # noqa: S101 - both callers have one
    return PlanResult(
        plan=plan,
        sentence=sentence(plan, profile, row_noun(profile)),
        sql=display_sql(plan, profile),
        planner=intent.planner,
    )


def describe(ctx: Context, result: PlanResult) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    """The event's sentence and data."""
    data = {"plan": result.sentence, "sql": result.sql, "planner": result.planner}
    if result.plan is None and not result.statement:
        return f"No plan: {result.planner} can't answer that from the data", data
    return f"Plan: {result.sentence}", data
