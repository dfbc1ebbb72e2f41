"""A model that plans and words one question, as a test scripts it."""

from __future__ import annotations

from threading import Lock
from typing import Any

from tests.support.model_answers import asked_document, reading
from tests.support.scripted_model import Reply, Says, says_json
from worker.query.plan import Aggregate, Filter, QueryPlan

#: Only a model understands this one, so a test decides when it gets how far.
HARD = "What did the mercury climb to in 2014 at most?"
PLAN = says_json(
    reading(
        QueryPlan(
            dataset_id="seattle-weather",
            filters=[Filter(column="date", operator="eq", values=[2014], part="year")],
            aggregates=[Aggregate(function="max", column="temp_max")],
        )
    )
)
#: Three billion rows: minutes of work that the guard has nothing against.
ENDLESS = says_json(
    reading(sql="SELECT sum(a.wind * b.wind + c.wind) AS total FROM data a, data b, data c")
)
SPOKEN = Says("In 2014 it reached ", "{{r0c0}}.")


class Model:
    """What the model says: to the planner's requests, and to the writer's, each in order."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.script([PLAN], [SPOKEN])

    def script(self, plans: list[Reply], texts: list[Reply]) -> None:
        """Start anew with these replies; the last of each is repeated."""
        self.plans, self.texts, self.asked = plans, texts, list[str]()

    def reply(self, body: dict[str, Any]) -> Reply:
        """The next reply."""
        kind = "text" if "result" in asked_document(body) else "plan"
        with self._lock:
            self.asked.append(kind)
            replies = self.texts if kind == "text" else self.plans
            return replies.pop(0) if len(replies) > 1 else replies[0]
