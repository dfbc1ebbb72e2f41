"""What operators use: Flower behind its password, tasks that name their job, a revoke that ends."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from shared import keys
from tests.faults.conftest import ask
from tests.support.one_question import PLAN, SPOKEN, Model
from tests.support.processes import Process, free_port, wait_until
from tests.support.rig import Rig
from tests.support.scripted_model import Hang
from tests.support.stack import Person
from worker.app import create_celery


@pytest.fixture
def flower(rig: Rig) -> Iterator[str]:
    """Flower's address."""
    port = free_port()
    env = {**rig.stack.env, "TAILRACE_FLOWER_PORT": str(port)}
    process = Process(["-m", "cli", "flower"], env, rig.stack.folder / "flower.log")
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.popen.poll() is None, process.output
        try:
            return httpx2.get(f"{url}/healthcheck", timeout=2).is_success
        except httpx2.TransportError:
            return False

    try:
        wait_until(answers, "Flower answering")
        yield url
    finally:
        process.stop()


def test_flower_is_closed_and_shows_each_jobs_state_runtime_and_attempt(
    rig: Rig, flower: str, person: Person
) -> None:
    for path in ("/", "/tasks", "/metrics", "/api/tasks", "/api/workers"):
        assert httpx2.get(flower + path).status_code == 401, path
    password = rig.stack.settings.kept_secret("flower.secret")
    with httpx2.Client(base_url=flower, auth=("tailrace", password)) as operator:
        assert operator.get("/metrics").is_success
        task_id = ask(person)
        person.finished(task_id)

        def shown() -> bool:
            task = operator.get("/api/tasks").json().get(task_id)
            return task is not None and task["state"] == "SUCCESS"

        wait_until(shown, "Flower showing the job")
        task = operator.get("/api/tasks").json()[task_id]
    assert task["args"] == f"('{task_id}',)"
    assert task["result"] == f"'{task_id}: attempt 1 succeeded'"
    assert task["runtime"] > 0


def test_a_ticket_that_got_another_job_says_which(rig: Rig, person: Person) -> None:
    """Monitors would else show one job under the id of another."""
    app, shown = create_celery(rig.stack.settings), []
    with app.connection_for_read() as connection:
        handlers = {"task-started": lambda event: shown.append((event["uuid"], event.get("args")))}
        receiver = app.events.Receiver(connection, handlers=handlers)
        hearing = receiver.itercapture(limit=None, timeout=30, wakeup=True)
        next(hearing)
        task_id = person.ask("bye")["task_id"]
        rig.store.delete(keys.BELLS)
        person.finished(task_id)
        ticket = "a-ticket-of-no-job"
        for worker in rig.workers:
            worker.stop()
        other = person.ask("bye")["task_id"]
        bell = rig.store.rpop(keys.BELLS)
        assert isinstance(bell, bytes)
        rig.store.lpush(keys.BELLS, bell.replace(other.encode(), ticket.encode()))
        rig.worker()
        person.finished(other)
        for _ in hearing:
            if (ticket, f"('{other}',)") in shown:
                return


def test_revoke_ends_as_a_proper_cancel(rig: Rig, model: Model, person: Person) -> None:
    """By whatever tool: `celery control revoke`, with terminate or without."""
    model.script([PLAN], [Hang(), SPOKEN])
    task_id = ask(person)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    create_celery(rig.stack.settings).control.revoke(task_id, terminate=True)
    done = person.finished(task_id)
    assert done["status"] == "cancelled"
    assert done["messages"][-1]["data"]["by"] == "operator"
    assert person.finished(ask(person))["status"] == "completed"
