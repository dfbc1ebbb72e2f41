"""Restating: a plan as a whole question, and plans as the choices of a question back."""

from __future__ import annotations

from collections.abc import Sequence

from shared.datasets import Profile
from worker.models.builtin.frame import Abstention
from worker.models.builtin.phrasing import question_of, row_noun
from worker.models.builtin.planner import plan_question
from worker.query.plan import QueryPlan
from worker.query.wording import sentence


def restated(plan: QueryPlan, profile: Profile) -> str:
    """A plan as a question that is planned in the same way; else what it does, in words."""
    question = question_of(plan, profile)
    try:
        if plan_question(question, profile).plan == plan:
            return question
    except Abstention:
        pass
    said = sentence(plan, profile, row_noun(profile))
    return said[0].upper() + said[1:]


def choose(reason: str, plans: Sequence[QueryPlan], profile: Profile) -> Abstention:
    """Ask which of these plans is meant; each choice gives the very plan it stands for."""
    said = {restated(plan, profile): plan for plan in plans}
    return Abstention(reason, tuple(said), bound=1, plans=tuple(said.values()))
