"""Step 3, query: the plan run over the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.results import IntentResult, PlanResult, QueryResult
from worker.query.plan import Aggregate, Filter, QueryPlan


def progress(ctx: Context, done: Mapping[str, Any]) -> str:
    """What is shown when the step starts."""
    return f"Querying {_profile(ctx, done).rows:,} rows…"


def run(ctx: Context, done: Mapping[str, Any]) -> QueryResult:
    """Run the plan; when every row shown shares the extreme, count all that do."""
    ctx.stop.check()
    planned, profile = _planned(done), _profile(ctx, done)
    if planned.plan is None:
        return ctx.engine.run_statement(planned.statement, profile, stop=ctx.stop)
    plan = planned.plan
    result = ctx.engine.run(plan, profile, stop=ctx.stop)
    tied = _tied(plan, profile, result)
    if tied is not None:
        counted = ctx.engine.run(tied, profile, stop=ctx.stop)
        summary = {**result.summary, "ties": counted.table.rows[0][0]}
        result = result.model_copy(update={"summary": summary})
    return result


def describe(ctx: Context, result: QueryResult) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    """The event's sentence and data."""
    used = "" if result.rows_used is None else f", used {result.rows_used:,}"
    text = f"Read {result.rows_read:,} rows{used}, returned {result.table.total_rows:,}"
    if result.reused:
        text += " (reused: the same query ran before on the same data)"
    return text, {
        "rows": result.table.total_rows,
        "columns": result.table.columns,
        "rows_read": result.rows_read,
        "rows_used": result.rows_used,
        "elapsed_ms": result.elapsed_ms,
        "reused": result.reused,
    }


def _planned(done: Mapping[str, Any]) -> PlanResult:
    planned = done["plan"]
    assert isinstance(planned, PlanResult)  # noqa: S101 - the pipeline's order
    return planned


def _profile(ctx: Context, done: Mapping[str, Any]) -> Profile:
    intent = done["intent"]
    assert isinstance(intent, IntentResult)  # noqa: S101 - the pipeline's order
    return ctx.datasets[intent.dataset_id or ""]


def _tied(plan: QueryPlan, profile: Profile, result: QueryResult) -> QueryPlan | None:
    """A plan that counts the rows that share the extreme, if the limit may have cut some off."""
    rows = result.table.rows
    if plan.aggregates or not plan.sort or plan.limit is None or len(rows) < max(2, plan.limit):
        return None
    output = plan.sort[0].output
    names = plan.columns or [column.name for column in profile.columns]
    value = rows[0][output]
    if value is None or any(row[output] != value for row in rows):
        return None
    same = Filter(column=names[output], operator="eq", values=[value])
    return QueryPlan(
        dataset_id=plan.dataset_id,
        filters=[*plan.filters, same],
        aggregates=[Aggregate(function="count")],
    )
