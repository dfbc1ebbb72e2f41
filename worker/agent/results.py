"""What each step of the agent hands to the next; every one is a checkpoint, stored as JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, model_validator

from worker.agent.evidence import Cost, Coverage, Kind, Receipt, TextPart, Usage
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


_KINDS: dict[ResultType, Kind] = {
    "particular_response": "answer",
    "exploration_response": "answer",
    "help_response": "help",
    "unrelated_response": "refused",
    "clarification": "clarification",
    "conversation_end": "end",
    "cannot_answer": "refused",
}


class IntentKind(StrEnum):
    """What the person wants; the names are those of the HTTP contract."""

    PARTICULAR = "PARTICULAR"
    NOT_PARTICULAR = "NOT_PARTICULAR"
    UNRELATED = "UNRELATED"
    HELP = "HELP"
    EXIT = "EXIT"
    CLARIFICATION = "CLARIFICATION"


class Table(BaseModel):
    """Rows to show. `total_rows` counts the whole result; `truncated` says `rows` holds fewer.

    `types` and `units` are those of the columns, in order.
    """

    columns: list[str]
    rows: list[list[Any]]
    total_rows: int
    truncated: bool = False
    types: list[str] = []
    units: list[str | None] = []


class Choice(BaseModel):
    """One thing a question may mean: as a question, and as the plan that answers it."""

    question: str
    plan: QueryPlan


class Answer(BaseModel):
    """The final result of a job, exactly as the API gives it to the person who asked.

    `chart` is a Vega-Lite spec whose data is `{"name": "table"}`: the page binds it to `table`.
    `query` is `{"plan": str (one plain sentence), "sql": str}`; `planner` names who planned it.
    The texts of `parts` joined are `answer`. `kind` follows from the type unless it is given.
    `choices` are the suggestions of a clarification with the plans they stand for: whoever takes
    one is answered by the very plan.
    """

    type: ResultType
    kind: Kind = "answer"
    answer: str
    parts: list[TextPart] = []
    resolved_question: str | None = None
    table: Table | None = None
    chart: dict[str, Any] | None = None
    query: dict[str, Any] | None = None
    data_summary: dict[str, Any] | None = None
    planner: str
    suggestions: list[str] = []
    choices: list[Choice] = []
    dataset: str | None = None
    coverage: Coverage | None = None
    receipt: Receipt | None = None
    cost: Cost | None = None

    @model_validator(mode="after")
    def _complete(self) -> Answer:
        if "kind" not in self.model_fields_set:
            self.kind = _KINDS[self.type]
        self.parts = self.parts or [TextPart(text=self.answer)]
        if "".join(part.text for part in self.parts) != self.answer:
            raise ValueError("the parts of an answer are its text")
        return self


class StepResult(BaseModel):
    """Base of what the steps before the last hand on; `answer` is set when the job ends with it."""

    answer: Answer | None = None


class IntentResult(StepResult):
    """Step 1. `answer` is set when nothing needs to be queried: the job then ends with it.

    `plan` (or `statement`) and `planner` are set when whoever read the question also planned it; a
    model does both in one call. `resolved_question` says a follow-up as a whole question.
    """

    kind: IntentKind
    confidence: float
    dataset_id: str | None
    reasoning: str = ""
    resolved_question: str | None = None
    plan: QueryPlan | None = None
    statement: str = ""
    planner: str = ""
    usage: Usage = Usage()


class PlanResult(StepResult):
    """Step 2. `answer` is set (and `plan` None) when the question cannot be planned.

    `statement` is the SQL of a model, for what no plan can say; `plan` is None then, too.
    """

    plan: QueryPlan | None
    statement: str = ""
    sentence: str = ""
    sql: str = ""
    planner: str


class QueryResult(StepResult):
    """Step 3. `rows_read` is the table's size, `rows_used` how many rows passed the filters.

    `rows_used` is None where the query is not a plan. `whole_rows` counts the result before the
    plan's own limit; `reused` says that it came from the cache.
    """

    table: Table
    rows_read: int
    rows_used: int | None
    whole_rows: int | None = None
    reused: bool = False
    elapsed_ms: float
    summary: dict[str, Any] = {}
