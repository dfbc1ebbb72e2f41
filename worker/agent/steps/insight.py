"""Step 4, insight: the answer in words, with its table, chart and receipt."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from shared.datasets import Profile
from worker.agent.answers import Told, tell
from worker.agent.charts import chart
from worker.agent.context import Context
from worker.agent.grounding import sentences, ungrounded
from worker.agent.results import Answer, IntentResult, PlanResult, QueryResult
from worker.models.builtin.phrasing import row_noun
from worker.models.builtin.planner import NAME
from worker.models.builtin.suggest import following_questions
from worker.models.chat import ModelRefused
from worker.models.openai_planner import write_insight
from worker.query.plan import QueryPlan
from worker.query.wording import conditions

_WORDS_PER_PIECE = 6


def progress(ctx: Context, done: Mapping[str, Any]) -> str:  # noqa: ARG001
    """What is shown when the step starts."""
    return "Writing the answer…"


def run(ctx: Context, done: Mapping[str, Any]) -> Answer:
    """Write the answer, streaming its text; raises ModelUnavailable."""
    ctx.stop.check()
    planned, result = done["plan"], done["query"]
    assert isinstance(planned, PlanResult)  # noqa: S101 - the pipeline's order
    assert isinstance(result, QueryResult)  # noqa: S101 - the pipeline's order
    assert planned.plan is not None  # noqa: S101 - the job ends without one
    plan, profile = planned.plan, ctx.datasets[planned.plan.dataset_id]
    told = Told(plan, profile, result, row_noun(profile))
    text, note = "", ""
    if ctx.chat is not None and planned.planner.startswith("openai:") and result.table.rows:
        text, note = _by_model(ctx, planned.sentence, result)
    if not text:
        text = " ".join(part for part in (tell(told), _corrections(done["intent"])) if part)
        for piece in _pieces(text):
            _emit(ctx, piece)
    return Answer(
        type="particular_response",
        answer=text,
        table=result.table,
        chart=chart(plan, profile, result.table),
        query={"plan": planned.sentence, "sql": planned.sql},
        data_summary=_summary(plan, profile, result) | ({"note": note} if note else {}),
        planner=planned.planner,
        suggestions=following_questions(plan, profile),
        dataset=profile.id,
    )


def describe(ctx: Context, result: Answer) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    """The event's sentence and data."""
    data = {"answer": result.answer}
    note = (result.data_summary or {}).get("note")
    return result.answer, {**data, "note": note} if note else data


def _corrections(intent: IntentResult) -> str:
    """The typing errors that the built-in planner read over."""
    return intent.reasoning if intent.planner.startswith(NAME) else ""


def _by_model(ctx: Context, plan_sentence: str, result: QueryResult) -> tuple[str, str]:
    """The model's text if all its numbers are the result's, and else why it was put aside.

    Only checked sentences are streamed, so nobody sees a number that is not in the data.
    """
    shown: list[str] = []
    try:
        for sentence in sentences(write_insight(ctx, plan_sentence, result)):
            ctx.stop.check()
            strange = ungrounded(sentence, ctx.question, result)
            if strange:
                return "", f"The model's text had numbers that are not in the result: {strange}"
            _emit(ctx, sentence)
            shown.append(sentence)
    except ModelRefused as error:
        return "", f"The model failed: {error}"
    return "".join(shown).strip(), ""


def _emit(ctx: Context, piece: str) -> None:
    ctx.emit("insight_delta", piece, {"text": piece})


def _pieces(text: str) -> Iterator[str]:
    """A text a few words at a time, nothing added or lost."""
    words = iter(text.split(" "))
    first = True
    while piece := " ".join(itertools.islice(words, _WORDS_PER_PIECE)):
        yield piece if first else f" {piece}"
        first = False


def _summary(plan: QueryPlan, profile: Profile, result: QueryResult) -> dict[str, Any]:
    """What the answer rests on: rows, filters, missing values, and which version of the table."""
    nulls = result.summary.get("nulls_dropped", {})
    return {
        "rows": result.table.total_rows,
        "columns": len(result.table.columns),
        "rows_read": result.rows_read,
        "rows_used": result.rows_used,
        "filters": [conditions([one], profile) for one in plan.filters],
        "nulls_dropped": {name: count for name, count in nulls.items() if count},
        "dataset_version": profile.version,
    }
