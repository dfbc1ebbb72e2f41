"""What a scripted model says to the planner's requests: readings of questions, and sentences.

`python -m tests.support.model_answers --port 20080` serves WEATHER, to try things by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event
from typing import Any

from tests.support.scripted_model import Reply, Says, ScriptedModel, says_json
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan, Sort


def reading(plan: QueryPlan | None = None, **more: Any) -> dict[str, Any]:
    """What a model sends for a question: PARTICULAR with a plan, unless told otherwise."""
    return {
        "reasoning": "As scripted.",
        "intent": "PARTICULAR",
        "confidence": 0.95,
        "plan": None if plan is None else form_of(plan),
        "cannot_answer": None,
        "clarification": None,
        **more,
    }


def form_of(plan: QueryPlan) -> dict[str, Any]:
    """A plan in the form that models fill in."""
    form: dict[str, Any] = _without_cells(plan.model_dump(mode="json", exclude={"dataset_id"}))
    for ordered in (*form["sort"], *form["having"]):
        ordered["by"], ordered["index"] = _entry(plan, ordered.pop("output"))
    return form


def _without_cells(part: Any) -> Any:
    """The form has no values that are looked up: its filters have no such member."""
    if isinstance(part, list):
        return [_without_cells(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {k: _without_cells(v) for k, v in part.items() if k != "cell" or v is not None}


def _entry(plan: QueryPlan, output: int) -> tuple[str, int]:
    """The list that an output of a plan is an entry of, and its position there."""
    lists = [("group_by", len(plan.group_by)), ("aggregates", len(plan.aggregates))]
    for name, length in [*lists, ("calculate", len(plan.calculate))]:
        if output < length:
            return name, output
        output -= length
    return "columns", output


def asked_document(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON document in a request's first user message."""
    content = next(each["content"] for each in body["messages"] if each["role"] == "user")
    document: dict[str, Any] = json.loads(content)
    return document


def by_question(replies: Mapping[str, Reply]) -> Callable[[dict[str, Any]], Reply]:
    """A model that has its reply to each question, and words every result with its first row.

    A question it does not know cannot be answered.
    """

    def reply(body: dict[str, Any]) -> Reply:
        document = asked_document(body)
        if "result" in document:
            return first_row(document["result"])
        unknown = says_json(reading(cannot_answer="That is not in the script."))
        return replies.get(document["question"], unknown)

    return reply


def first_row(result: dict[str, Any]) -> Says:
    """A sentence in pieces, with nothing in it but what the first row of a result says."""
    names = result["columns"] if result["rows"] else []
    said = ", ".join(f"{name} {{{{r0c{at}}}}}" for at, name in enumerate(names))
    return Says("The model says: ", said, ".")


_BY_MONTH = GroupBy(column="date", bucket="month_of_year")

#: Questions about seattle-weather that take a model to be understood.
WEATHER: Mapping[str, Reply] = {
    "When do I need an umbrella the most?": says_json(
        reading(
            QueryPlan(
                dataset_id="seattle-weather",
                group_by=[_BY_MONTH],
                aggregates=[Aggregate(function="mean", column="precipitation")],
                sort=[Sort(output=1, descending=True)],
            )
        )
    ),
    "How often could children build a snowman in 2014?": says_json(
        reading(
            QueryPlan(
                dataset_id="seattle-weather",
                filters=[
                    Filter(column="weather", operator="eq", values=["snow"]),
                    Filter(column="date", operator="eq", values=[2014], part="year"),
                ],
                aggregates=[Aggregate(function="count")],
            )
        )
    ),
    "Will it rain tomorrow?": says_json(
        reading(cannot_answer="The table ends in 2015 and holds no forecasts.")
    ),
}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    with (
        ScriptedModel(by_question(WEATHER), parser.parse_args().port) as model,
        suppress(KeyboardInterrupt),
    ):
        print(f"TAILRACE_OPENAI_BASE_URL={model.url}")
        Event().wait()


if __name__ == "__main__":
    main()
