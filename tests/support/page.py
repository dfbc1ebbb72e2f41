"""Somebody at the page, and a worker that says what the test wants it to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from shared.events import EventType, body
from tests.support.browser import PATIENCE_MS, Visitor
from tests.support.scenes import Scene
from tests.support.stack import Stack
from tests.support.tab import work_on

DROP = """({ name, text }) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, { type: 'text/csv' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
}"""

expect.set_options(timeout=PATIENCE_MS)

TABLE: dict[str, Any] = {
    "columns": ["month", "average precipitation"],
    "rows": [["November", 5.354166], ["December", 5.021774], ["July", 0.388709]],
    "total_rows": 3,
    "truncated": False,
}
CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"name": "table"},
    "width": "container",
    "mark": {"type": "bar"},
    "encoding": {
        "x": {"field": "month", "type": "ordinal", "sort": None},
        "y": {"field": "average precipitation", "type": "quantitative"},
        "tooltip": [{"field": "month"}, {"field": "average precipitation"}],
    },
}
PARTS: list[dict[str, Any]] = [
    {"text": "November is the wettest: ", "cell": None, "field": None},
    {"text": "5.35", "cell": [0, 1], "field": None},
    {"text": " mm over ", "cell": None, "field": None},
    {"text": "1,461", "cell": None, "field": "rows_used"},
    {"text": " days.", "cell": None, "field": None},
]
COVERAGE = {
    "sentence": "All 1,461 rows of Seattle weather were used.",
    "rows_in_table": 1461,
    "rows_used": 1461,
    "dropped": [{"reason": "no value in precipitation", "rows": 2}],
    "nulls": {"precipitation": 2},
    "filters": [],
    "time_window": {"column": "date", "from": "2012-01-01", "to": "2015-12-31"},
    "truncated": False,
    "rows_shown": 3,
    "rows_total": 3,
    "dataset_version": "0845078a290b48e3149ab8639966824110a251db4e06fc144c06ebb534af23be",
}
STEPS: list[tuple[str, EventType, str, dict[str, Any]]] = [
    (
        "intent",
        EventType.INTENT_PARSED,
        "Intent parsed: a particular question",
        {"intent": "PARTICULAR", "confidence": 0.93, "dataset": "seattle-weather"},
    ),
    (
        "plan",
        EventType.QUERY_PLANNED,
        "Plan: average precipitation by month",
        {
            "plan": "average precipitation by month",
            "sql": 'SELECT month("date") FROM "seattle-weather"',
            "planner": "built-in planner",
        },
    ),
    (
        "query",
        EventType.QUERY_EXECUTED,
        "Read 1,461 rows",
        {
            "rows": 3,
            "columns": TABLE["columns"],
            "rows_read": 1461,
            "rows_used": 1461,
            "elapsed_ms": 12.5,
        },
    ),
]


def result(**more: Any) -> dict[str, Any]:
    """A whole answer; `more` changes members."""
    made = {
        "type": "particular_response",
        "kind": "answer",
        "answer": "".join(str(part["text"]) for part in PARTS),
        "parts": PARTS,
        "table": TABLE,
        "chart": CHART,
        "query": {"plan": "average precipitation by month", "sql": "SELECT 1"},
        "data_summary": None,
        "planner": "built-in planner",
        "suggestions": ["Average precipitation by year"],
        "dataset": None,
        "resolved_question": None,
        "coverage": COVERAGE,
        "receipt": {"question": "Which month is the wettest?", "result_hash": "abc"},
        "cost": {"elapsed_ms": 420, "model_calls": 0, "tokens_in": 0, "tokens_out": 0, "usd": None},
    }
    return made | more


def words_only(kind: str, answer: str, **more: Any) -> dict[str, Any]:
    """A result without a table."""
    parts = [{"text": answer, "cell": None, "field": None}]
    none: dict[str, Any] = {"table": None, "chart": None, "query": None, "coverage": None}
    return result(kind=kind, answer=answer, parts=parts, **none | more)


class Played:
    """A worker on one job: `begin` a step, `find` what it finds, `say` a piece of text, `end`."""

    def __init__(self, stack: Stack, task_id: str) -> None:
        self.scene: Scene = work_on(stack, task_id)

    def tell(self, kind: EventType, content: str, data: dict[str, Any]) -> None:
        """Append one event."""
        self.tell_all([body(kind, content, data)])

    def tell_all(self, bodies: list[str]) -> None:
        """Append events in one call."""
        claim = self.scene.claim
        assert claim is not None
        self.scene.attempts.append(claim.job, self.scene.written, bodies)
        self.scene.written += len(bodies)

    def begin(self, step: str) -> None:
        """A step begins."""
        self.tell(EventType.STEP_STARTED, f"{step} begins", {"step": step})

    def find(self, step: str) -> None:
        """A step begins and finds what it usually does."""
        self.begin(step)
        for name, kind, content, data in STEPS:
            if name == step:
                self.tell(kind, content, {"step": step, **data})

    def say(self, text: str) -> None:
        """A piece of the answer."""
        self.tell(EventType.INSIGHT_DELTA, text, {"text": text})

    def steps(self) -> None:
        """All steps up to the answer's text."""
        for step in ("intent", "plan", "query"):
            self.find(step)
        self.begin("insight")

    def answer(self, made: dict[str, Any] | None = None) -> None:
        """The job succeeds."""
        made = made or result()
        self.finish("succeeded", body(EventType.COMPLETED, made["answer"], {"result": made}))

    def finish(self, state: str, event: str) -> None:
        """The attempt ends."""
        claim = self.scene.claim
        assert claim is not None
        self.scene.attempts.finish(claim.job, state, event)


class Reader:
    """Somebody at the page."""

    def __init__(self, visitor: Visitor, path: str = "/") -> None:
        self.page = visitor.open(path)
        self.page.wait_for_selector("html[data-ready]")

    def ask(self, question: str = "Which month is the wettest on average?") -> str:
        """Type a question and send it; the task, once the server has taken it."""
        before = self.page.locator(".turn").count()
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        expect(self.page.locator(".turn")).to_have_count(before + 1)
        return self.task()

    def task(self) -> str:
        """The task of the last turn, once the server has taken its question."""
        self.page.wait_for_selector(".turn:last-child[data-task]")
        return self.last().get_attribute("data-task") or ""

    def last(self, selector: str = "", **having: Any) -> Locator:
        """The last turn, or something in it; `having` as Playwright's locator takes it."""
        return self.page.locator(f".turn:last-child {selector}".strip(), **having)

    def transcript(self, folder: Path) -> object:
        """The messages of the last turn, as the page saves its log of them."""
        self.last("[aria-label='Log of this question']").click()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="JSON").click()
        download.value.save_as(folder / "log.json")
        return json.loads((folder / "log.json").read_text())

    def drop(self, name: str, text: str) -> None:
        """Drop a CSV file onto the page."""
        self.page.evaluate(DROP, {"name": name, "text": text})

    def told(self) -> Locator:
        """What is told to people who listen."""
        return self.page.locator("#said")
