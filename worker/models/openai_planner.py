"""The model as planner: one call reads the question and plans it; another words the answer."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

from pydantic import BaseModel

from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.results import IntentKind, QueryResult
from worker.models.card import as_data, history_card, result_card, schema_card
from worker.models.chat import ChatModel, ModelRefused
from worker.models.plan_form import Form, PlanForm, to_plan
from worker.query.errors import QueryError
from worker.query.plan import QueryPlan

_FEWEST_CHOICES = 2


class Proposal(BaseModel):
    """What the model makes of a question.

    For PARTICULAR either `plan` is set, or `statement`, SQL for what no plan can say, or
    `cannot_answer` says why there is neither; `resolved_question` says a follow-up as a whole
    question. For CLARIFICATION `clarification` is a question to the person and `choices` are 2 or
    more questions about the table, one of which they may mean. `confidence` is 0..1.
    """

    reasoning: str
    intent: IntentKind
    confidence: float
    resolved_question: str | None = None
    plan: QueryPlan | None = None
    statement: str = ""
    cannot_answer: str = ""
    clarification: str = ""
    choices: list[str] = []


class ClarificationForm(Form):
    """What to ask the person, and the questions they may mean."""

    question: str
    choices: list[str]


class Reading(Form):
    """A reading of the question; the reasoning comes first, since it guides the rest."""

    reasoning: str
    intent: IntentKind
    confidence: float
    resolved_question: str | None = None
    plan: PlanForm | None = None
    sql: str | None = None
    cannot_answer: str | None = None
    clarification: ClarificationForm | None = None


def propose(ctx: Context, profile: Profile) -> Proposal:
    """What the question wants of this table; raises ModelUnavailable or ModelRefused.

    The plan fits the table, and SQL has run on it: what does not goes back to the model.
    """
    document = {
        "table": schema_card(profile),
        "table_name": profile.id,
        "conversation": history_card(ctx.history),
        "question": ctx.question,
    }

    def check(reading: Reading) -> None:
        made = proposal(reading, profile)
        if made.statement:
            _tried(ctx, made.statement, profile)

    messages = _messages("plan.md", document)
    reading = _chat(ctx).parse(
        messages,
        Reading,
        stop=ctx.stop,
        meter=ctx.meter,
        check=check,
    )
    return proposal(reading, profile)


def proposal(reading: Reading, profile: Profile) -> Proposal:
    """The reading, checked and in our terms; raises ValueError that says what is wrong."""
    if not 0 <= reading.confidence <= 1:
        raise ValueError("confidence is a number from 0 to 1.")
    made = Proposal(
        reasoning=reading.reasoning,
        intent=reading.intent,
        confidence=reading.confidence,
        resolved_question=reading.resolved_question or None,
    )
    if reading.intent is IntentKind.CLARIFICATION:
        asked = reading.clarification
        if asked is None or len(asked.choices) < _FEWEST_CHOICES:
            raise ValueError("CLARIFICATION needs a clarification with 2 or more choices.")
        return made.model_copy(update={"clarification": asked.question, "choices": asked.choices})
    if reading.intent is not IntentKind.PARTICULAR:
        return made
    if reading.plan is not None:
        return made.model_copy(update={"plan": to_plan(reading.plan, profile)})
    if reading.sql:
        return made.model_copy(update={"statement": reading.sql.strip().rstrip(";")})
    if not reading.cannot_answer:
        raise ValueError("PARTICULAR needs a plan, or sql, or cannot_answer with the reason.")
    return made.model_copy(update={"cannot_answer": reading.cannot_answer})


def _tried(ctx: Context, sql: str, profile: Profile) -> None:
    """Run SQL of the model; its result is kept for the step that queries. Raises ValueError."""
    try:
        ctx.engine.run_statement(sql, profile, ctx.stop)
    except QueryError as error:
        raise ValueError(f"The SQL does not run: {error}") from error


def write_insight(ctx: Context, plan_sentence: str, result: QueryResult) -> Iterator[str]:
    """The answer in words, as it is written; raises ModelUnavailable or ModelRefused."""
    document = {
        "question": ctx.question,
        "what_was_queried": plan_sentence,
        "result": result_card(result),
    }
    return _chat(ctx).stream(_messages("insight.md", document), stop=ctx.stop, meter=ctx.meter)


def _messages(prompt: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Our instructions, and everything that came from elsewhere as one JSON document."""
    system = resources.files("worker.agent").joinpath("prompts", prompt).read_text("utf-8")
    return [
        {"role": "system", "content": system.strip()},
        {"role": "user", "content": as_data(document)},
    ]


def _chat(ctx: Context) -> ChatModel:
    if ctx.chat is None:
        raise ModelRefused("no model is configured; set TAILRACE_OPENAI_API_KEY or _BASE_URL")
    return ctx.chat
