"""Stop while something is under way that would not end by itself: it ends, and at once.

How quickly is measured by `bench/bounds.py`; here the bound only has a wide margin.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from shared import keys
from tests.faults.conftest import ask
from tests.support.history import violations
from tests.support.one_question import ENDLESS, PLAN, Model
from tests.support.processes import wait_until
from tests.support.queries import queries_of
from tests.support.rig import Rig
from tests.support.scripted_model import Says, Silent
from tests.support.stack import Person

BOUND_S = 10.0


def stopped(person: Person, task_id: str) -> dict[str, Any]:
    """Stop a task; its status once it has ended, which is soon."""
    began = monotonic()
    person.cancel(task_id)
    done = person.finished(task_id)
    assert monotonic() - began < BOUND_S
    assert done["status"] == "cancelled"
    return done


def test_a_stop_closes_the_stream_of_a_model_that_fell_silent(
    rig: Rig, model: Model, person: Person
) -> None:
    silent = Silent("In 2014 it reached {{r0c0}}. And ")
    model.script([PLAN], [silent, Says("In 2014 it reached {{r0c0}}.")])
    task_id = ask(person)
    assert silent.begun.wait(30)
    done = stopped(person, task_id)
    assert silent.hung_up.wait(30), "the model's connection is still open"
    said = {"by": "user", "done": ["intent", "plan", "query"], "interrupted": "insight"}
    assert done["messages"][-1]["data"] == said
    other = ask(person)
    assert person.finished(other)["status"] == "completed"
    assert violations(rig.store, [task_id, other]) == []


def test_a_stop_kills_the_process_of_a_running_query_and_nobody_elses(
    rig: Rig, model: Model, person: Person
) -> None:
    worker = rig.worker().popen.pid
    model.script([ENDLESS], [])
    mine, neighbours = ask(person), ask(rig.stack.person())
    wait_until(lambda: len(queries_of(worker)) == 2, "both queries running")
    done = stopped(person, mine)
    last = done["messages"][-1]["data"]
    assert (last["by"], last["interrupted"]) == ("user", "intent")
    wait_until(lambda: len(queries_of(worker)) == 1, "the end of the query's process")
    assert rig.stack.jobs.states([neighbours]) == ["running"]
    rig.stack.jobs.cancel_by_operator(neighbours)
    wait_until(lambda: queries_of(worker) == [], "the end of the other's")
    rig.settled([mine, neighbours], 30)
    assert rig.store.zcard(keys.LEASES) == 0
    assert violations(rig.store, [mine, neighbours]) == []
