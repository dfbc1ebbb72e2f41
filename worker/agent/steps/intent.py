"""Step 1, intent: what the person wants, and of which table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.datasets import Profile
from worker.agent.agreement import AGREED, agree, which_reading
from worker.agent.context import Context
from worker.agent.explore import explore
from worker.agent.replies import choice, goodbye, help_answer, refusal, which_table
from worker.agent.results import Answer, IntentKind, IntentResult
from worker.agent.suggest import starting
from worker.models.builtin.frame import Abstention
from worker.models.builtin.intent import Rows, Understanding, understand
from worker.models.builtin.planner import NAME
from worker.models.chat import ModelRefused, ModelUnavailable
from worker.models.openai_planner import Proposal, propose
from worker.query.plan import QueryPlan

_KINDS = {
    IntentKind.PARTICULAR: "a particular question",
    IntentKind.NOT_PARTICULAR: "a wish to explore",
    IntentKind.UNRELATED: "not a question about the data",
    IntentKind.HELP: "a call for help",
    IntentKind.EXIT: "a good-bye",
    IntentKind.CLARIFICATION: "a question that needs a choice",
}


#: What is shown when the step starts.
PROGRESS = "Reading the question…"


def progress(ctx: Context, done: Mapping[str, Any]) -> str:  # noqa: ARG001
    """The same for every question, so whoever claims a job can write that it started."""
    return PROGRESS


def run(ctx: Context, done: Mapping[str, Any]) -> IntentResult:  # noqa: ARG001
    """Read the question by rules; ask the model, if there is one, when the rules are not sure.

    Raises ModelUnavailable; a model that fails for good leaves the rules' own reading.
    """
    ctx.stop.check()
    found = understand(
        ctx.question,
        ctx.datasets,
        ctx.dataset_id,
        lambda profile: ctx.engine.small(profile, ctx.stop),
        ctx.history,
    )
    if found.certain or ctx.chat is None or not ctx.datasets:
        return _by_rules(ctx, found, NAME)
    profile = _profile(ctx, found) or next(iter(ctx.datasets.values()))
    try:
        proposal = propose(ctx, profile)
    except (ModelRefused, ModelUnavailable) as error:
        # The rules' own plan is worth more than no answer; their refusal is not, while the model
        # may still come back.
        if isinstance(error, ModelUnavailable) and not (ctx.last_attempt and found.planned):
            raise
        return _by_rules(ctx, found, f"{NAME} (model failed: {error})")
    planner = f"openai:{ctx.chat.name}"
    if found.planned is not None and proposal.plan is not None:
        return _by_both(ctx, found.planned.plan, proposal, profile, planner)
    return _by_model(ctx, proposal, profile, planner)


def _by_both(
    ctx: Context, plan: QueryPlan, proposal: Proposal, profile: Profile, planner: str
) -> IntentResult:
    """Two plans: what gives the same rows is certain, and what does not is the person's to say."""
    result = _by_model(ctx, proposal, profile, planner)
    theirs = proposal.plan
    assert theirs is not None  # noqa: S101 - the caller's condition
    if ctx.history and ctx.question in ctx.history[-1].suggestions:
        return result  # the person chose this wording
    if agree(ctx, plan, theirs, profile):
        return result.model_copy(update={"confidence": max(proposal.confidence, AGREED)})
    answer = which_reading(plan, theirs, profile, f"{NAME} and {planner}")
    return result.model_copy(
        update={"kind": IntentKind.CLARIFICATION, "plan": None, "answer": answer}
    )


def describe(ctx: Context, result: IntentResult) -> tuple[str, dict[str, Any]]:
    """The event's sentence and data."""
    profile = ctx.datasets.get(result.dataset_id or "")
    about = f" about {profile.title}" if profile else ""
    confidence = round(result.confidence, 2)
    text = f"Intent parsed: {_KINDS[result.kind]}{about} (confidence {confidence:.2f})"
    return text, {
        "intent": result.kind.value,
        "confidence": confidence,
        "dataset": result.dataset_id,
    }


def _rows(ctx: Context) -> Rows:
    return lambda profile: ctx.engine.small(profile, ctx.stop)


def _profile(ctx: Context, found: Understanding) -> Profile | None:
    return ctx.datasets.get(found.dataset_id or "")


def _by_rules(ctx: Context, found: Understanding, planner: str) -> IntentResult:
    profile = _profile(ctx, found)
    kind = IntentKind(found.kind)
    result = IntentResult(
        kind=kind,
        confidence=found.confidence,
        dataset_id=found.dataset_id,
        planner=planner,
        plan=found.planned.plan if found.planned else None,
        reasoning=_corrections(found),
        resolved_question=found.resolved_question,
        usage=ctx.meter.usage,
    )
    if kind is IntentKind.PARTICULAR and not (found.follows and found.planned is None):
        return result
    if kind is IntentKind.HELP:
        chosen = ctx.datasets.get(ctx.dataset_id or "")
        answer = help_answer(ctx, chosen, planner)
    elif kind is IntentKind.EXIT:
        answer = goodbye(planner)
    elif kind is IntentKind.NOT_PARTICULAR:
        answer = _explored(ctx, profile) if profile else which_table(ctx.datasets, planner)
    else:
        reason = found.abstention
        assert reason is not None  # noqa: S101 - set for every kind that is left
        answer = refusal(ctx, reason, profile, planner)
    return result.model_copy(update={"answer": answer})


def _explored(ctx: Context, profile: Profile) -> Answer:
    return explore(profile, starting(profile, ctx.engine, ctx.stop))


def _corrections(found: Understanding) -> str:
    """What was read for what looks like a typing error, to be told with the answer."""
    pairs = found.planned.corrections if found.planned else ()
    return " ".join(f"(I read “{typed}” as “{read}”.)" for typed, read in pairs)


def _by_model(ctx: Context, proposal: Proposal, profile: Profile, planner: str) -> IntentResult:
    result = IntentResult(
        kind=proposal.intent,
        confidence=proposal.confidence,
        dataset_id=profile.id,
        reasoning=proposal.reasoning,
        planner=planner,
        plan=proposal.plan,
        statement=proposal.statement,
        resolved_question=proposal.resolved_question,
        usage=ctx.meter.usage,
    )
    found = proposal.plan is not None or proposal.statement
    if found and proposal.intent is IntentKind.PARTICULAR:
        return result
    answer = _model_answer(ctx, proposal, profile, planner)
    return result.model_copy(update={"answer": answer, "plan": None})


def _model_answer(ctx: Context, proposal: Proposal, profile: Profile, planner: str) -> Answer:
    match proposal.intent:
        case IntentKind.HELP:
            return help_answer(ctx, profile, planner)
        case IntentKind.EXIT:
            return goodbye(planner)
        case IntentKind.NOT_PARTICULAR:
            return _explored(ctx, profile)
        case IntentKind.CLARIFICATION:
            return choice(proposal.clarification, proposal.choices, profile, planner)
    known = proposal.intent is IntentKind.PARTICULAR
    reason = Abstention(proposal.cannot_answer or proposal.reasoning, bound=int(known))
    return refusal(ctx, reason, profile, planner)
