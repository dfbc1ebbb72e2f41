"""Suggested questions: kept with a table's profile, or offered after an answer; all dry-run."""

from __future__ import annotations

from shared.datasets import Profile
from worker.agent.coverage import is_out_of_data
from worker.models.builtin.frame import Abstention
from worker.models.builtin.planner import plan_question
from worker.models.builtin.suggest import following_questions, suggest_questions
from worker.query.compile import compile_plan
from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan


def with_questions(profile: Profile) -> Profile:
    """The profile with 3 to 5 questions that the built-in planner is known to plan."""
    return profile.model_copy(update={"questions": suggest_questions(profile)})


def following(plan: QueryPlan, profile: Profile) -> list[str]:
    """Questions that go on from a plan; each is planned and compiled against the table first."""
    return [question for question in following_questions(plan, profile) if runs(question, profile)]


def runs(question: str, profile: Profile) -> bool:
    """Whether a question has a plan that fits the table, and reaches into its data."""
    try:
        plan = plan_question(question, profile).plan
        compile_plan(plan, profile)
    except (Abstention, BadPlan):
        return False
    return not is_out_of_data(plan, profile)


__all__ = ["following", "runs", "suggest_questions", "with_questions"]
