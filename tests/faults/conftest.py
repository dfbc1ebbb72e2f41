"""Fixtures for faults: a rig of real processes with short leases, and a model to be scripted."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

import pytest

from tests.support.model_answers import asked_document, reading
from tests.support.rig import Rig
from tests.support.scripted_model import Reply, Says, ScriptedModel, says_json
from tests.support.stack import Person
from worker.query.plan import Aggregate, Filter, QueryPlan

LEASE_S = 2.0
#: Everything that waits does so for a short time.
QUICK = {
    "LEASE_S": str(LEASE_S),
    "HEARTBEAT_S": "0.4",
    "WORKER_GRACE_S": "0.5",
    "USER_MAX_ACTIVE": "1000",
}
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


@pytest.fixture(scope="session")
def model() -> Model:
    return Model()


@pytest.fixture(scope="session")
def running_rig(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One rig for all faults: what a test breaks it mends."""
    with ScriptedModel(model.reply) as server:
        made = Rig(tmp_path_factory.mktemp("rig"), OPENAI_BASE_URL=server.url, **QUICK)
        try:
            made.stack.start_api()
            yield made
        finally:
            made.stop()


@pytest.fixture
def rig(running_rig: Rig, model: Model) -> Rig:
    """The rig with a worker, and a model that answers."""
    model.script([PLAN], [SPOKEN])
    running_rig.worker()
    return running_rig


@pytest.fixture
def person(rig: Rig) -> Person:
    return rig.stack.person()


def ask(person: Person, question: str = HARD) -> str:
    """Ask about the weather; the task's id."""
    return str(person.ask(question, dataset="seattle-weather")["task_id"])


def types(status: dict[str, Any]) -> list[str]:
    """The types of the events, but those for people who wait."""
    return [message["type"] for message in status["messages"] if message["type"] != "waiting"]
