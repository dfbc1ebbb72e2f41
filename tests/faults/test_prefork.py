"""The prefork pool keeps the same promises: each child runs its jobs under leases of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import keys
from tests.faults.conftest import ask, serving
from tests.support.history import violations
from tests.support.one_question import PLAN, SPOKEN, Model
from tests.support.processes import wait_until
from tests.support.rig import Rig
from tests.support.scripted_model import Hang
from tests.support.stack import Person


@pytest.fixture(scope="module")
def running_rig(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A rig whose workers fork two children."""
    forking = {"WORKER_POOL": "prefork", "WORKER_CONCURRENCY": "2"}
    with serving(Rig, model, tmp_path_factory.mktemp("prefork"), **forking) as made:
        yield made


def child_of(rig: Rig, task_id: str) -> int:
    """The process that runs a job: its name ends in its id."""
    name = rig.store.hget(keys.JOB % task_id, "worker")
    assert isinstance(name, bytes)
    return int(name.decode().rpartition("-")[2])


def under_way(model: Model) -> None:
    """Wait until the model is asked to write."""
    wait_until(lambda: "text" in model.asked, "the model being asked to write")


def test_stop_ends_a_job_in_a_child(rig: Rig, model: Model, person: Person) -> None:
    model.script([PLAN], [Hang(), SPOKEN])
    task_id = ask(person)
    under_way(model)
    assert child_of(rig, task_id) != rig.worker().popen.pid
    person.cancel(task_id)
    done = person.finished(task_id)
    assert done["status"] == "cancelled"
    assert done["messages"][-1]["data"]["done"] == ["intent", "plan", "query"]


def test_a_killed_child_loses_nothing_and_is_replaced(
    rig: Rig, model: Model, person: Person
) -> None:
    model.script([PLAN], [Hang(), SPOKEN])
    task_id = ask(person)
    under_way(model)
    os.kill(child_of(rig, task_id), signal.SIGKILL)
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 2)
    assert model.asked == ["plan", "text", "text"]
    others = [ask(person) for _ in range(3)]
    assert {person.finished(each)["status"] for each in others} == {"completed"}
    assert violations(rig.store, [task_id, *others]) == []


@pytest.mark.parametrize(
    ("how", "reasons"),
    [
        (signal.SIGTERM, {"worker_ended"}),
        # The kernel kills the children, too, unless they hear of it before.
        (signal.SIGKILL, {"worker_lost", "worker_ended"}),
    ],
)
def test_jobs_of_children_go_on_elsewhere_when_their_parent_must_end_or_was_killed(
    how: signal.Signals, reasons: set[str], rig: Rig, model: Model, person: Person
) -> None:
    """The parent alone gets the signal, as from a container's runtime or the kernel."""
    model.script([PLAN], [Hang(), SPOKEN])
    parent = rig.worker()
    task_id = ask(person)
    under_way(model)
    child = child_of(rig, task_id)
    rig.stack.start_worker()
    os.kill(parent.popen.pid, how)
    parent.popen.wait(30)
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 2)
    retried = next(each for each in done["messages"] if each["type"] == "retrying")
    assert retried["data"]["reason"] in reasons
    wait_until(lambda: not Path(f"/proc/{child}").exists(), "the child being gone")
    assert violations(rig.store, [task_id]) == []
