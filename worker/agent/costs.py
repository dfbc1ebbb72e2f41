"""Costs: what an answer took, told with it."""

from __future__ import annotations

from time import monotonic

from worker.agent.context import Context
from worker.agent.evidence import Cost, Usage
from worker.agent.results import Answer


def cost(ctx: Context, usage: Usage) -> Cost:
    """What the answer took: models in all attempts, time in this one."""
    elapsed_ms = round((monotonic() - ctx.meter.started) * 1000, 1)
    usd = ctx.meter.spending.usd(usage)
    return Cost(**usage.model_dump(), elapsed_ms=elapsed_ms, usd=usd)


def with_cost(ctx: Context, answer: Answer) -> Answer:
    """An answer that ends the job before its last step, with what it took."""
    if answer.cost is not None:
        return answer
    return answer.model_copy(update={"cost": cost(ctx, ctx.meter.usage)})
