"""What each step of the agent hands to the next; every one is a checkpoint, stored as JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel

from worker.query.plan import QueryPlan

ResultType = Literal[
    "particular_response",
    "exploration_response",
    "help_response",
    "unrelated_response",
    "clarification",
    "conversation_end",
    "cannot_answer",
]


class IntentKind(StrEnum):
    """What the person wants; the names are those of the HTTP contract."""

    PARTICULAR = "PARTICULAR"
    NOT_PARTICULAR = "NOT_PARTICULAR"
    UNRELATED = "UNRELATED"
    HELP = "HELP"
    EXIT = "EXIT"
    CLARIFICATION = "CLARIFICATION"


class Table(BaseModel):
    """Rows to show. `total_rows` counts the whole result; `truncated` says `rows` holds fewer."""

    columns: list[str]
    rows: list[list[Any]]
    total_rows: int
    truncated: bool = False


class Answer(BaseModel):
    """The final result of a job, exactly as the API gives it to the person who asked.

    `chart` is a Vega-Lite spec whose data is `{"name": "table"}`: the page binds it to `table`.
    `query` is `{"plan": str (one plain sentence), "sql": str}`; `planner` names who planned it.
    """

    type: ResultType
    answer: str
    table: Table | None = None
    chart: dict[str, Any] | None = None
    query: dict[str, Any] | None = None
    data_summary: dict[str, Any] | None = None
    planner: str
    suggestions: list[str] = []
    dataset: str | None = None


class StepResult(BaseModel):
    """Base of what the steps before the last hand on; `answer` is set when the job ends with it."""

    answer: Answer | None = None


class IntentResult(StepResult):
    """Step 1. `answer` is set when nothing needs to be queried: the job then ends with it.

    `plan` and `planner` are set when whoever read the question also planned it; a model does both
    in one call.
    """

    kind: IntentKind
    confidence: float
    dataset_id: str | None
    reasoning: str = ""
    plan: QueryPlan | None = None
    planner: str = ""


class PlanResult(StepResult):
    """Step 2. `answer` is set (and `plan` None) when the question cannot be planned."""

    plan: QueryPlan | None
    sentence: str = ""
    sql: str = ""
    planner: str


class QueryResult(StepResult):
    """Step 3. `rows_read` is the table's size, `rows_used` how many rows passed the filters."""

    table: Table
    column_types: list[str]
    rows_read: int
    rows_used: int
    elapsed_ms: float
    summary: dict[str, Any] = {}
