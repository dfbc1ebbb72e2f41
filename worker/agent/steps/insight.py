"""Step 4, insight: the answer in words, with its table, chart, coverage and receipt."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from shared.datasets import Profile
from worker.agent.answers import tell
from worker.agent.charts import chart
from worker.agent.claims import Facts, UnknownClaim, faults, parts_of
from worker.agent.context import Context
from worker.agent.costs import cost
from worker.agent.coverage import coverage, kind_of, of_statement
from worker.agent.evidence import Coverage, TextPart
from worker.agent.receipts import receipt
from worker.agent.results import Answer, IntentResult, PlanResult, QueryResult, Table
from worker.agent.suggest import following
from worker.agent.telling import Grounds, sentences
from worker.agent.told import Told
from worker.models.builtin.phrasing import row_noun
from worker.models.builtin.planner import NAME
from worker.models.chat import ModelRefused, ModelUnavailable
from worker.models.openai_planner import write_insight
from worker.query.wording import chosen

log = structlog.get_logger("insight")

_WORDS_PER_PIECE = 6
_NAMING = frozenset({"text", "date", "datetime", "boolean"})


def progress(ctx: Context, done: Mapping[str, Any]) -> str:  # noqa: ARG001
    """What is shown when the step starts."""
    return "Writing the answer…"


def run(ctx: Context, done: Mapping[str, Any]) -> Answer:
    """Write the answer, streaming its text; raises ModelUnavailable while it may be tried again."""
    ctx.stop.check()
    before = ctx.meter.usage
    intent, planned, result = done["intent"], done["plan"], done["query"]
    assert isinstance(intent, IntentResult)  # noqa: S101 - the pipeline's order
    assert isinstance(planned, PlanResult)  # noqa: S101 - the pipeline's order
    assert isinstance(result, QueryResult)  # noqa: S101 - the pipeline's order
    profile = ctx.datasets[intent.dataset_id or ""]
    plan, stands_on = planned.plan, _coverage(planned, profile, result)
    facts = Facts(result.table, stands_on, chosen(plan, profile) if plan else "")
    parts, note = _written(ctx, intent, planned, result, facts)
    text = "".join(part.text for part in parts)
    question = intent.resolved_question or ctx.question
    return Answer(
        type="particular_response",
        kind=kind_of(plan, profile, result),
        answer=text,
        parts=parts,
        resolved_question=intent.resolved_question,
        table=result.table,
        chart=chart(plan, profile, result.table, question) if plan else None,
        query={"plan": planned.sentence, "sql": planned.sql},
        data_summary=_summary(profile, result, stands_on) | ({"note": note} if note else {}),
        planner=planned.planner,
        suggestions=following(plan, profile, ctx.engine, ctx.stop) if plan else [],
        dataset=profile.id,
        coverage=stands_on,
        receipt=receipt(ctx.question, intent.resolved_question, planned, profile, result),
        cost=cost(ctx, intent.usage.plus(ctx.meter.usage.less(before))),
    )


def describe(ctx: Context, result: Answer) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    """The event's sentence and data."""
    data = {"answer": result.answer}
    note = (result.data_summary or {}).get("note")
    return result.answer, {**data, "note": note} if note else data


def _coverage(planned: PlanResult, profile: Profile, result: QueryResult) -> Coverage:
    rows = row_noun(profile)
    if planned.plan is None:
        return of_statement(profile, result, rows)
    return coverage(planned.plan, profile, result, rows)


def _written(
    ctx: Context, intent: IntentResult, planned: PlanResult, result: QueryResult, facts: Facts
) -> tuple[list[TextPart], str]:
    """The text, streamed, and why a model's own was put aside or cut short."""
    parts: list[TextPart] = []
    note = ""
    if ctx.chat is not None and planned.planner.startswith("openai:") and result.table.rows:
        parts, note = _by_model(ctx, planned, result, facts)
    if not parts:
        parts = _by_template(ctx, intent, planned, result, facts)
        for piece in _pieces("".join(part.text for part in parts)):
            _emit(ctx, piece)
    return parts, note


def _by_template(
    ctx: Context, intent: IntentResult, planned: PlanResult, result: QueryResult, facts: Facts
) -> list[TextPart]:
    """Our own sentence; one that is not bound to the result is a fault of ours, and not shown."""
    profile = ctx.datasets[intent.dataset_id or ""]
    text = "{{rows_total}} rows were found; they stand in the table."
    if planned.plan is not None:
        text = tell(Told(planned.plan, profile, result, row_noun(profile)))
    try:
        parts = parts_of(text, facts)
        wrong = faults(parts, facts, _said(ctx, planned, result.table))
    except UnknownClaim as error:
        wrong = [str(error)]
    if wrong:
        log.error("a template says what is not in the result", text=text, wrong=wrong)
        parts = [TextPart(text="The result stands in the table.")]
    corrected = intent.reasoning if intent.planner.startswith(NAME) else ""
    return [*parts, TextPart(text=f" {corrected}")] if corrected else parts


def _said(ctx: Context, planned: PlanResult, table: Table) -> str:
    """Whose numbers the words of an answer may repeat."""
    return " ".join([ctx.question, planned.sentence, *table.columns])


def _by_model(
    ctx: Context, planned: PlanResult, result: QueryResult, facts: Facts
) -> tuple[list[TextPart], str]:
    """The model's text as far as it is bound to the result, and why it goes no further.

    Only checked sentences are streamed, so nobody sees a number that is not in the data.
    """
    grounds = Grounds(facts, _said(ctx, planned, result.table), _naming(planned, result.table))
    shown: list[TextPart] = []
    try:
        for sentence in sentences(write_insight(ctx, planned.sentence, result)):
            ctx.stop.check()
            parts = grounds.checked(sentence)
            _emit(ctx, "".join(part.text for part in parts))
            shown += parts
    except UnknownClaim as error:
        return _trimmed(shown), f"The model's text had what is {error}"
    except (ModelRefused, ModelUnavailable) as error:
        if isinstance(error, ModelUnavailable) and not ctx.last_attempt:
            raise
        return _trimmed(shown), f"The model failed: {error}"
    return _trimmed(shown), ""


def _naming(planned: PlanResult, table: Table) -> frozenset[int]:
    """The columns that name rows: group keys, or, where rows are listed, texts and dates."""
    plan = planned.plan
    if plan is not None and plan.group_by:
        return frozenset(range(len(plan.group_by)))
    return frozenset(at for at, kind in enumerate(table.types) if kind in _NAMING)


def _trimmed(parts: list[TextPart]) -> list[TextPart]:
    """The parts without the space after the last sentence."""
    if parts and parts[-1].cell is None and parts[-1].field is None:
        parts[-1] = TextPart(text=parts[-1].text.rstrip())
    return [part for part in parts if part.text]


def _emit(ctx: Context, piece: str) -> None:
    ctx.emit("insight_delta", piece, {"text": piece})


def _pieces(text: str) -> Iterator[str]:
    """A text a few words at a time, nothing added or lost."""
    words = iter(text.split(" "))
    first = True
    while piece := " ".join(itertools.islice(words, _WORDS_PER_PIECE)):
        yield piece if first else f" {piece}"
        first = False


def _summary(profile: Profile, result: QueryResult, stands_on: Coverage) -> dict[str, Any]:
    """The coverage under the names that older pages know, and whether the result was reused."""
    return {
        "rows": result.table.total_rows,
        "columns": len(result.table.columns),
        "rows_read": result.rows_read,
        "rows_used": result.rows_used,
        "filters": stands_on.filters,
        "nulls_dropped": stands_on.nulls,
        "dataset_version": profile.version,
        "reused": result.reused,
    }
