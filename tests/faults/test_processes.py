"""Processes killed, frozen, cut off and restarted in the middle of jobs; judged by the logs."""

from __future__ import annotations

import random
import signal
from threading import Event, Thread
from time import sleep

import pytest

from shared import keys
from shared.jobs import Question
from shared.queue import bell_template
from tests.faults.conftest import LEASE_S, ask, types
from tests.support.audience import Audience
from tests.support.history import violations
from tests.support.one_question import HARD, PLAN, SPOKEN, Model
from tests.support.processes import wait_until
from tests.support.rig import Rig
from tests.support.scripted_model import Hang, Says
from tests.support.stack import Person

FROZEN_S = 5 * LEASE_S
ANSWERED = "In 2014 it reached 35.6 °C."


def under_way(model: Model) -> None:
    """Wait until the model is asked to write: three steps are done."""
    wait_until(lambda: "text" in model.asked, "the model being asked to write")


def test_a_killed_server_comes_back_from_its_file_and_no_job_notices(
    rig: Rig, model: Model, person: Person
) -> None:
    go_on = Event()
    model.script([PLAN], [Says("In 2014 it ", go_on, "reached {{r0c0}}.")])
    task_id = ask(person)
    under_way(model)
    rig.kill_valkey()
    go_on.set()
    done = person.finished(task_id)
    assert (done["status"], done["attempt"], done["result"]["answer"]) == (
        "completed",
        1,
        ANSWERED,
    )
    assert violations(rig.store, [task_id]) == []


def test_a_server_frozen_past_every_lease_costs_no_job_its_attempt(
    rig: Rig, model: Model, person: Person
) -> None:
    """Nobody's worker died, so nobody's job is taken away."""
    go_on = Event()
    model.script([PLAN], [Says("In 2014 it ", go_on, "reached {{r0c0}}.")])
    task_id = ask(person)
    under_way(model)
    with rig.frozen_valkey():
        sleep(FROZEN_S)
        go_on.set()
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 1)
    assert violations(rig.store, [task_id]) == []


def test_cut_connections_repeat_and_lose_nothing(rig: Rig) -> None:
    stop, question = Event(), Question("somebody", HARD, "seattle-weather")

    def cut() -> None:
        while not stop.wait(0.15):
            rig.cut_connections()

    task_ids = [rig.stack.jobs.accept(question).job_id for _ in range(12)]
    cutter = Thread(target=cut)
    cutter.start()
    try:
        rig.settled(task_ids, 60)
    finally:
        stop.set()
        cutter.join()
    assert violations(rig.store, task_ids) == []
    assert {str(state) for state in rig.stack.jobs.states(task_ids)} == {"succeeded"}


def test_a_killed_api_loses_no_job_and_no_event(rig: Rig, model: Model, person: Person) -> None:
    go_on = Event()
    model.script([PLAN], [Says("In 2014 it ", go_on, "reached {{r0c0}}.")])
    task_id = ask(person)
    under_way(model)
    rig.kill_api()
    go_on.set()
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 1)
    assert list(person.stream(task_id)) == done["messages"]


def test_a_rolling_restart_under_load_hands_jobs_over_and_counts_no_try(
    rig: Rig, model: Model, person: Person
) -> None:
    """The old worker's grace ends before its jobs do: the next goes on without waiting."""
    model.script([PLAN], [Hang(), Hang(), Hang(), SPOKEN])
    leaving = rig.worker()
    task_ids = [ask(person) for _ in range(3)]
    wait_until(lambda: model.asked.count("text") == 3, "all three being written")
    rig.stack.start_worker()
    leaving.popen.terminate()
    later = [ask(person) for _ in range(3)]
    found = [person.finished(task_id) for task_id in (*task_ids, *later)]
    leaving.popen.wait(30)
    assert {done["status"] for done in found} == {"completed"}
    assert model.asked.count("plan") == 6
    assert violations(rig.store, [*task_ids, *later]) == []
    for task_id in task_ids:
        job = rig.stack.jobs.load(task_id, owner(rig, task_id))
        assert job is not None
        assert (job.attempt, job.handovers, job.tries, job.deaths) == (2, 1, 1, 0)


def test_a_rolling_restart_of_api_and_workers_loses_and_repeats_nothing(rig: Rig) -> None:
    """Neither in the logs nor for those who watch."""
    whose, cookie = rig.owner()
    task_ids: list[str] = []

    def some(chance: random.Random) -> tuple[str, str] | None:
        return (chance.choice(task_ids), cookie) if task_ids else None

    audience = Audience(rig.stack.port, some, seed=1, seats=8)
    audience.start()
    for _ in range(2):
        for number in range(16):
            text = HARD if number % 4 == 0 else "bye"
            accepted = rig.stack.jobs.accept(Question(whose, text, "seattle-weather"))
            task_ids.append(accepted.job_id)
        leaving = rig.worker()
        rig.stack.start_worker()
        leaving.popen.terminate()
        assert rig.stack.api is not None
        rig.stack.api.stop()
        rig.stack.start_api()
        leaving.popen.wait(30)
    rig.settled(task_ids, 60)
    audience.leave()
    assert violations(rig.store, task_ids) == []
    assert audience.complaints(rig.stack.log) == []
    jobs = [rig.stack.jobs.load(task_id, whose) for task_id in task_ids]
    assert {(job.state, job.tries, job.deaths) for job in jobs if job} == {("succeeded", 1, 0)}


def owner(rig: Rig, task_id: str) -> str:
    """Whose job it is."""
    found = rig.store.hget(keys.JOB % task_id, "owner")
    assert isinstance(found, bytes)
    return found.decode()


def test_a_job_that_kills_its_workers_is_set_aside_and_its_neighbour_answered(
    rig: Rig, model: Model, person: Person
) -> None:
    model.script([PLAN], [Hang()])
    poison, neighbour = ask(person), ask(person)
    for deaths in (1, 2):
        wait_until(lambda: model.asked.count("text") >= 1, "a job under way")
        if deaths == 1:
            wait_until(lambda: model.asked.count("text") == 2, "both being under way")
        rig.worker().kill()
        model.asked.clear()
        rig.worker()
    # Suspects run one at a time, so the second death told which it was.
    states: dict[str, object] = {}

    def one_failed() -> bool:
        states.update(
            zip((poison, neighbour), rig.stack.jobs.states([poison, neighbour]), strict=True)
        )
        return "failed" in states.values()

    wait_until(one_failed, "one being set aside")
    model.script([PLAN], [SPOKEN])
    found = {task_id: person.finished(task_id) for task_id in (poison, neighbour)}
    ends = sorted(done["messages"][-1]["data"].get("reason", "answered") for done in found.values())
    assert ends == ["answered", "quarantined"]
    assert violations(rig.store, list(found)) == []


def test_without_a_worker_the_viewer_is_told_and_the_job_goes_on_when_one_comes(
    rig: Rig, model: Model, person: Person
) -> None:
    for worker in rig.workers:
        worker.kill()
    task_id = ask(person)

    def told() -> bool:
        said = [each for each in person.status(task_id)["messages"] if each["type"] == "waiting"]
        return bool(said) and said[-1]["data"]["workers"] == 0

    wait_until(told, "being told that no worker lives")
    rig.worker()
    assert person.finished(task_id)["status"] == "completed"


def test_a_message_delivered_again_long_after_changes_nothing(rig: Rig, person: Person) -> None:
    task_id = ask(person)
    done = person.finished(task_id)
    for _ in range(3):
        rig.store.lpush(keys.BELLS, bell_template().replace("@ID@", task_id))
    wait_until(lambda: rig.store.llen(keys.BELLS) == 0, "the bells being heard")
    other = ask(person)
    assert person.finished(other)["status"] == "completed"
    assert person.status(task_id) == done


@pytest.mark.parametrize("seed", [1])
def test_cancel_races_with_everything_and_each_log_still_ends_once(
    seed: int, rig: Rig, model: Model, person: Person
) -> None:
    """Cancels come before the start, during any step, around the end, and around a retry."""
    chance = random.Random(seed)
    model.script([PLAN], [Says("In 2014 it reached {{r0c0}}.", cut=True), SPOKEN] * 20)
    task_ids = []
    for _ in range(30):
        task_ids.append(ask(person, chance.choice([HARD, "bye", "Hottest day?"])))
        sleep(chance.uniform(0, 0.05))
        person.cancel(chance.choice(task_ids[-6:]))
    rig.settled(task_ids, 60)
    assert violations(rig.store, task_ids) == []


def test_cancel_races_with_rescue_and_each_log_still_ends_once(
    rig: Rig, model: Model, person: Person
) -> None:
    """Cancels come before the lease of a killed worker ends, after it, and when others go on."""
    chance = random.Random(2)
    model.script([PLAN], [Hang()])
    task_ids = [ask(person) for _ in range(6)]
    wait_until(lambda: model.asked.count("text") == 6, "all being written")
    rig.worker().kill()
    model.script([PLAN], [SPOKEN])
    rig.worker()
    for task_id in task_ids:
        person.cancel(task_id)
        sleep(chance.uniform(0, LEASE_S / 3))
    rig.settled(task_ids, 60)
    assert violations(rig.store, task_ids) == []


def test_a_full_server_ends_no_job_wrongly(rig: Rig, model: Model, person: Person) -> None:
    go_on = Event()
    model.script([PLAN], [Says("In 2014 it ", go_on, "reached {{r0c0}}."), SPOKEN])
    task_id = ask(person)
    under_way(model)
    with rig.full_valkey():
        response = person.http.post(
            "/api/chat", json={"action": "continue_conversation", "message": "Hot?"}
        )
        assert response.status_code == 503
        assert response.headers["retry-after"]
        go_on.set()
        wait_until(lambda: "retrying" in types(person.status(task_id)), "the attempt giving way")
    done = person.finished(task_id)
    assert done["status"] == "completed"
    retried = next(each for each in done["messages"] if each["type"] == "retrying")
    assert retried["data"]["reason"] == "store_full"
    assert violations(rig.store, [task_id]) == []


def test_a_worker_frozen_past_its_lease_is_refused_when_it_wakes(
    rig: Rig, model: Model, person: Person
) -> None:
    model.script([PLAN], [Hang(), SPOKEN])
    sleeper = rig.worker()
    task_id = ask(person)
    under_way(model)
    sleeper.signal(signal.SIGSTOP)
    rig.stack.start_worker()
    done = person.finished(task_id)
    sleeper.signal(signal.SIGCONT)
    assert (done["status"], done["attempt"]) == ("completed", 2)
    other = ask(person)
    assert person.finished(other)["status"] == "completed"
    assert person.status(task_id)["messages"] == done["messages"]
    sleeper.kill()
