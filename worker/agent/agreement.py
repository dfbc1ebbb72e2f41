"""Agreement: what the built-in planner and a model make of the same question."""

from __future__ import annotations

from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.replies import choice
from worker.agent.results import Answer
from worker.models.builtin.frame import Abstention
from worker.models.builtin.phrasing import question_of, row_noun
from worker.models.builtin.planner import plan_question
from worker.query.errors import QueryError
from worker.query.fingerprint import result_hash
from worker.query.plan import QueryPlan
from worker.query.wording import sentence

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
    return choice(asked, [_asked(plan, profile) for plan in (one, other)], profile, planner)


def _asked(plan: QueryPlan, profile: Profile) -> str:
    """A plan as a question that is planned in the same way; else what it does, in words."""
    question = question_of(plan, profile)
    try:
        if plan_question(question, profile).plan == plan:
            return question
    except Abstention:
        pass
    said = sentence(plan, profile, row_noun(profile))
    return said[0].upper() + said[1:]
