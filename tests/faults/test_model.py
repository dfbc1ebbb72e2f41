"""A model that is busy: the job waits as long as it was asked to, and no longer."""

from __future__ import annotations

from tests.faults.conftest import ask, types
from tests.support.history import violations
from tests.support.one_question import PLAN, SPOKEN, Model
from tests.support.rig import Rig
from tests.support.scripted_model import Status
from tests.support.stack import Person


def test_a_busy_model_is_asked_again_no_sooner_than_it_wished(
    rig: Rig, model: Model, person: Person
) -> None:
    busy = Status(429, headers={"Retry-After": "1"})
    model.script([busy, PLAN], [busy, SPOKEN])
    task_id = ask(person)
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 3)
    waits = [each["data"] for each in done["messages"] if each["type"] == "retrying"]
    assert [wait["reason"] for wait in waits] == ["model_unavailable"] * 2
    assert all(1 <= wait["after_s"] <= 3 for wait in waits)
    # The first step was made once; only what failed was asked again.
    assert model.asked == ["plan", "plan", "text", "text"]
    assert violations(rig.store, [task_id]) == []


def test_a_model_that_stays_busy_ends_the_job_with_the_reason(
    rig: Rig, model: Model, person: Person
) -> None:
    model.script([Status(429, headers={"Retry-After": "0"})], [SPOKEN])
    done = person.finished(ask(person))
    assert done["status"] == "error"
    assert done["messages"][-1]["data"]["reason"] == "model_unavailable"
    assert "429" in done["error"]
    assert done["attempt"] == 3


def test_a_wish_beyond_the_deadline_ends_the_job_at_once(
    rig: Rig, model: Model, person: Person
) -> None:
    model.script([Status(429, headers={"Retry-After": "86400"})], [SPOKEN])
    done = person.finished(ask(person))
    assert (done["status"], done["attempt"]) == ("error", 1)
    assert "retrying" not in types(done)
