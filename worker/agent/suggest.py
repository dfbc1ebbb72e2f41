"""Suggested questions, kept with a table's profile so that the API can show them."""

from __future__ import annotations

from shared.datasets import Profile
from worker.models.builtin.suggest import suggest_questions


def with_questions(profile: Profile) -> Profile:
    """The profile with 3 to 5 questions that the built-in planner is known to plan."""
    return profile.model_copy(update={"questions": suggest_questions(profile)})


__all__ = ["suggest_questions", "with_questions"]
