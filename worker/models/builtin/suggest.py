"""Suggestions: questions about a table that this planner is known to plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.datasets import Column, Profile
from worker.models.builtin.frame import Abstention
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.phrasing import question_of
from worker.models.builtin.planner import plan_question
from worker.models.builtin.vocabulary import vocabulary
from worker.models.builtin.words import tokenize
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan, Sort

_FEW_VALUES = range(2, 51)
_CATEGORIES = 4
_MEASURES = 6


#: Questions, each with the plan it is planned as, best first.
Offers = Iterator[tuple[str, QueryPlan]]


def starting_questions(profile: Profile) -> Offers:
    """Questions that plan, for somebody who starts: those written for the table first."""
    yield from _planned(profile.questions, profile)
    yield from _certain(_spread(_candidates(profile)), profile)


def nearest_questions(question: str, profile: Profile) -> Offers:
    """The questions that plan, those first that share most words with one that does not."""
    own = {word for words in vocabulary(profile).columns.values() for word in words}
    said = _said(question)

    def likeness(other: str) -> int:
        shared = said & _said(other)
        return len(shared) + 2 * len(shared & own)  # what it is about counts most

    return _planned(sorted(_pool(profile), key=likeness, reverse=True), profile)


def _said(question: str) -> set[str]:
    words = lexicon()
    return {words.canon(t.stem) for t in tokenize(question) if t.lower not in words.filler}


def following_questions(plan: QueryPlan, profile: Profile) -> Offers:
    """Questions that follow on from an answered one: the same figure seen in other ways."""
    about: set[str | None] = {a.column for a in plan.aggregates}
    about |= {*plan.columns, *(f.column for f in plan.filters)}
    candidates = [c for c in _candidates(profile) if c != plan]
    candidates.sort(key=lambda c: -len(_columns(c) & about))
    return _certain(candidates, profile)


def _columns(plan: QueryPlan) -> set[str | None]:
    return {*(a.column for a in plan.aggregates if a.column), *plan.columns}


def _pool(profile: Profile) -> list[str]:
    made = [question_of(plan, profile) for plan in _candidates(profile)]
    return list(dict.fromkeys([*profile.questions, *made]))


def _planned(questions: Iterable[str], profile: Profile) -> Offers:
    """Only the questions that plan."""
    for question in questions:
        try:
            yield question, plan_question(question, profile).plan
        except Abstention:
            continue


def _certain(plans: Iterable[QueryPlan], profile: Profile) -> Offers:
    """Only the questions that come back as the very plan they were made from."""
    for plan in plans:
        question = question_of(plan, profile)
        try:
            if plan_question(question, profile).plan == plan:
                yield question, plan
        except Abstention:
            continue


def _spread(plans: list[QueryPlan]) -> list[QueryPlan]:
    """The plans in an order that shows different operations and columns first."""
    left, chosen = list(plans), []
    seen: Counter[object] = Counter()
    while left:
        best = min(left, key=lambda plan: sum(seen[trait] for trait in _traits(plan)))
        left.remove(best)
        chosen.append(best)
        seen.update(_traits(best))
    return chosen


def _traits(plan: QueryPlan) -> list[object]:
    """What two plans may have in common; doing the same thing weighs double."""
    operation = (tuple(a.function for a in plan.aggregates), bool(plan.filters), len(plan.group_by))
    return [operation, ("again", operation), str(plan.group_by), str(plan.sort), *_columns(plan)]


def _candidates(profile: Profile) -> list[QueryPlan]:
    """Plans that make sense for a table, from its column types alone."""
    measures = [c for c in profile.columns if _is_measure(c, profile)][:_MEASURES]
    texts = [c for c in profile.columns if c.type == "text" and c.distinct in _FEW_VALUES]
    categories = [GroupBy(column=c.name) for c in texts[:_CATEGORIES]]
    keys = [*_periods(profile), *categories]
    # With evenly spaced dates every period has the same number of rows: nothing to count.
    counted = categories if vocabulary(profile).step else keys
    return [
        *(
            _by(profile, "mean", m.name, key, ranked=i % 2 == 0)
            for i, key in enumerate(keys)
            for m in measures
        ),
        *(_by(profile, "count", None, key, ranked=key.bucket is None) for key in counted),
        *(_highest(profile, m.name) for m in measures),
        *(_count_of(profile, c) for c in texts if c.top_values),
    ]


def _is_measure(column: Column, profile: Profile) -> bool:
    words = vocabulary(profile).columns[column.name]
    return column.type in {"integer", "number"} and not words & {"id", "year", "code", "index"}


def _periods(profile: Profile) -> list[GroupBy]:
    date = vocabulary(profile).date
    if date is None:
        return []
    several_years = str(date.minimum)[:4] != str(date.maximum)[:4]
    years = [GroupBy(column=date.name, bucket="year")] if several_years else []
    return [GroupBy(column=date.name, bucket="month_of_year"), *years]


def _by(
    profile: Profile, function: str, column: str | None, key: GroupBy, *, ranked: bool
) -> QueryPlan:
    return QueryPlan(
        dataset_id=profile.id,
        group_by=[key],
        aggregates=[Aggregate.model_validate({"function": function, "column": column})],
        sort=[Sort(output=1, descending=True) if ranked else Sort(output=0)],
    )


def _highest(profile: Profile, column: str) -> QueryPlan:
    return QueryPlan(dataset_id=profile.id, aggregates=[Aggregate(function="max", column=column)])


def _count_of(profile: Profile, column: Column) -> QueryPlan:
    value = column.top_values[0][0]
    return QueryPlan(
        dataset_id=profile.id,
        filters=[Filter(column=column.name, operator="eq", values=[value])],
        aggregates=[Aggregate(function="count")],
    )
