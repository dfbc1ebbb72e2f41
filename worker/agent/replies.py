"""Replies that need no query: help, good-bye, choices to make, and what cannot be answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.results import Answer, Choice, ResultType
from worker.agent.suggest import findable, nearest, starting
from worker.models.builtin.frame import Abstention, OutOfData
from worker.models.builtin.planner import plan_question
from worker.query.wording import joined

_MOST_CHOICES = 5
_MOST_EACH = 2


def titles(datasets: Mapping[str, Profile]) -> str:
    """The names of all tables, joined."""
    return joined([profile.title for profile in datasets.values()]) or "no table yet"


def help_answer(ctx: Context, chosen: Profile | None, planner: str) -> Answer:
    """What can be asked, and of which tables."""
    tables = [chosen] if chosen else list(ctx.datasets.values())
    each = _MOST_CHOICES if chosen else _MOST_EACH
    examples = [q for one in tables for q in starting(one, ctx.engine, ctx.stop)[:each]]
    text = (
        f"Ask a question about {chosen.title if chosen else titles(ctx.datasets)} in plain "
        "English: averages, totals, counts, the highest and lowest, by month, year or category. "
        "Every number in an answer comes from the data, and each step is shown as it happens."
    )
    return Answer(
        type="help_response",
        answer=text,
        planner=planner,
        suggestions=examples[:_MOST_CHOICES],
        dataset=chosen.id if chosen else None,
    )


def goodbye(planner: str) -> Answer:
    """The end of a conversation."""
    return Answer(type="conversation_end", answer="Good-bye. Ask again any time.", planner=planner)


def which_table(datasets: Mapping[str, Profile], planner: str) -> Answer:
    """A question that fits every table: name them."""
    return Answer(
        type="clarification",
        answer=f"Which table do you mean: {titles(datasets)}?",
        planner=planner,
        suggestions=[f"Tell me about {p.title}" for p in datasets.values()][:_MOST_CHOICES],
    )


def choice(
    question: str,
    choices: Sequence[str],
    profile: Profile | None,
    planner: str,
    plans: Sequence[Choice] = (),
) -> Answer:
    """A question back to the person, with what they may have meant."""
    answer = _reply("clarification", question, list(choices), profile, planner)
    return answer.model_copy(update={"choices": list(plans)[:_MOST_CHOICES]})


def refusal(ctx: Context, reason: Abstention, profile: Profile | None, planner: str) -> Answer:
    """Why there is no answer, with the choices that would settle it or what could be asked."""
    datasets = ctx.datasets
    choices = list(_readings(reason, datasets.values() if profile is None else (profile,)))
    choices = findable(choices, datasets, ctx.engine, ctx.stop)
    if choices:
        asked = [one.question for one in choices]
        return choice(reason.reason, asked, profile, planner, choices)
    if profile is None:
        text = f"{reason.reason} I know {titles(datasets)}."
        return _reply("unrelated_response", text, [], None, planner)
    beyond = isinstance(reason, OutOfData)
    kind: ResultType = "cannot_answer" if reason.bound or beyond else "unrelated_response"
    near = nearest(ctx.question, profile, ctx.engine, ctx.stop)
    text = f"I can't answer that. {reason.reason}" + (" You could ask:" if near else "")
    if kind == "unrelated_response" and len(datasets) > 1:
        text = f"I can't answer that. {reason.reason} I know about {titles(datasets)}."
    answer = _reply(kind, text, near, profile, planner)
    return answer.model_copy(update={"kind": "out_of_data"}) if beyond else answer


def _readings(reason: Abstention, profiles: Iterable[Profile]) -> Iterator[Choice]:
    """What each choice stands for; those that no table can answer are left out."""
    if reason.plans:
        pairs = zip(reason.choices, reason.plans, strict=True)
        yield from (Choice(question=question, plan=plan) for question, plan in pairs)
        return
    tables = list(profiles)
    for question in reason.choices:
        for profile in tables:
            try:
                plan = plan_question(question, profile).plan
            except Abstention:
                continue
            yield Choice(question=question, plan=plan)
            break


def _reply(
    kind: ResultType, text: str, choices: list[str], profile: Profile | None, planner: str
) -> Answer:
    return Answer(
        type=kind,
        answer=text,
        planner=planner,
        suggestions=choices[:_MOST_CHOICES],
        dataset=profile.id if profile else None,
    )
