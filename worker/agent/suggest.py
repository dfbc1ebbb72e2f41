"""Suggested questions, dry-run: each was planned, and its query run over the table.

That a suggestion is dry-run means: the built-in planner has a plan for its very words, the plan
reaches into the table's dates, and its SQL, run in the jail up to its first row, gave a row with a
value. What was tried is kept with the version of the table, so it costs nothing the next time; what
was tried before anybody asked, also for the next worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from shared.datasets import Profile
from worker.agent.context import StopSignal
from worker.agent.coverage import is_out_of_data
from worker.agent.results import Choice
from worker.models.builtin.suggest import (
    Offers,
    following_questions,
    nearest_questions,
    starting_questions,
)
from worker.query.engine import QueryEngine
from worker.query.plan import QueryPlan

_MOST_STARTING = 5
_MOST = 3
#: How many are tried for each that is wanted.
_SPARE = 2
#: The longest that trying takes: while somebody waits for an answer, and before anybody asks.
_WAITED_S, _BEFOREHAND_S = 0.5, 20.0
#: The same for choices of a question back, without which there is none.
_CHOSEN_S = 2.0


def with_questions(profile: Profile, engine: QueryEngine, stop: StopSignal) -> Profile:
    """The profile with 3 to 5 questions (fewer for very small tables) to start with."""
    offers = starting_questions(profile)
    taken = _within(offers, _MOST_STARTING, profile)
    found = engine.finds_kept(list(taken.values()), profile, stop, _BEFOREHAND_S)
    asked = _first(taken, found, _MOST_STARTING)
    return profile.model_copy(update={"questions": asked})


def starting(profile: Profile, engine: QueryEngine, stop: StopSignal) -> list[str]:
    """Questions to start with."""
    return _tried(starting_questions(profile), _MOST_STARTING, profile, engine, stop)


def nearest(question: str, profile: Profile, engine: QueryEngine, stop: StopSignal) -> list[str]:
    """The questions that have an answer and are most like one that has none."""
    return _tried(nearest_questions(question, profile), _MOST, profile, engine, stop)


def following(
    plan: QueryPlan, profile: Profile, engine: QueryEngine, stop: StopSignal
) -> list[str]:
    """Questions that go on from a plan."""
    return _tried(following_questions(plan, profile), _MOST, profile, engine, stop)


def findable(
    choices: Sequence[Choice],
    datasets: Mapping[str, Profile],
    engine: QueryEngine,
    stop: StopSignal,
) -> list[Choice]:
    """The choices that find something, so that whoever takes one gets an answer."""
    found: list[Choice] = []
    for profile in datasets.values():
        own = [one for one in choices if one.plan.dataset_id == profile.id]
        tried = engine.finds([one.plan for one in own], profile, stop, _CHOSEN_S) if own else []
        found += [one for one, finds in zip(own, tried, strict=True) if finds]
    return [one for one in choices if one in found]


def _tried(
    offers: Offers,
    most: int,
    profile: Profile,
    engine: QueryEngine,
    stop: StopSignal,
) -> list[str]:
    """The first of them that find something in the table."""
    taken = _within(offers, most, profile)
    return _first(taken, engine.finds(list(taken.values()), profile, stop, _WAITED_S), most)


def _within(offers: Offers, most: int, profile: Profile) -> dict[str, QueryPlan]:
    """As many as are tried, none of them of times that the table does not reach."""
    within = (one for one in offers if not is_out_of_data(one[1], profile))
    return dict(islice(within, most * _SPARE))


def _first(taken: Mapping[str, QueryPlan], found: list[bool], most: int) -> list[str]:
    return [question for question, finds in zip(taken, found, strict=True) if finds][:most]
