"""Fixtures for faults: a rig of real processes with short leases, and a model to be scripted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.support.one_question import HARD, PLAN, SPOKEN, Model
from tests.support.rig import Rig
from tests.support.scripted_model import ScriptedModel
from tests.support.stack import Person

RigKind = TypeVar("RigKind", bound=Rig)

LEASE_S = 2.0
#: Everything that waits does so for a short time.
QUICK = {
    "LEASE_S": str(LEASE_S),
    "HEARTBEAT_S": "0.4",
    "WORKER_GRACE_S": "0.5",
    "USER_MAX_ACTIVE": "1000",
}


@contextmanager
def serving(kind: type[RigKind], model: Model, folder: Path, **env: str) -> Iterator[RigKind]:
    """A rig whose model is scripted, with an API and no worker yet; ended after the block."""
    with ScriptedModel(model.reply) as server:
        made = kind(folder, OPENAI_BASE_URL=server.url, **QUICK, **env)
        try:
            made.stack.start_api()
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="session")
def model() -> Model:
    return Model()


@pytest.fixture(scope="session")
def running_rig(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One rig for all faults: what a test breaks it mends."""
    with serving(Rig, model, tmp_path_factory.mktemp("rig")) as made:
        yield made


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
