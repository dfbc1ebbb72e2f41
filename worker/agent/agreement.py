"""Agreement: what the built-in planner and a model make of the same question."""

from __future__ import annotations

from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.replies import choice
from worker.agent.results import Answer, Choice
from worker.models.builtin.restating import restated
from worker.query.errors import QueryError
from worker.query.fingerprint import result_hash
from worker.query.plan import QueryPlan

#: How sure two planners are that agree.
AGREED = 0.97


def agree(ctx: Context, one: QueryPlan, other: QueryPlan, profile: Profile) -> bool:
    """Whether two plans give the same rows; one that does not run agrees with nothing."""
    if one == other:
        return True
    try:
        tables = [ctx.engine.run(plan, profile, stop=ctx.stop).table for plan in (one, other)]
    except QueryError:
        return False
    return len({result_hash(table.rows, table.total_rows) for table in tables}) == 1


def which_reading(one: QueryPlan, other: QueryPlan, profile: Profile, planner: str) -> Answer:
    """The question back to the person, with both readings as choices."""
    asked = "That can be read in two ways, with different answers. Which do you mean?"
    choices = [Choice(question=restated(plan, profile), plan=plan) for plan in (one, other)]
    return choice(asked, [each.question for each in choices], profile, planner, choices)
