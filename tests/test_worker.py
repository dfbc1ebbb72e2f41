"""A real worker process with a real (scripted) model server: steps, retries, stops, and deaths."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
import redis

from shared import keys
from shared.queue import bell_template
from tests.support.one_question import HARD, PLAN, SPOKEN, Model
from tests.support.processes import Process, wait_until
from tests.support.scripted_model import Hang, Says, ScriptedModel, Status
from tests.support.stack import Person, Stack


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def stack(
    valkey_url: str, model: Model, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The product with a model and short leases; each test sees to it that a worker runs."""
    redis.Redis.from_url(valkey_url).flushall()
    with ScriptedModel(model.reply) as server:
        made = Stack(
            valkey_url,
            tmp_path_factory.mktemp("worker"),
            OPENAI_BASE_URL=server.url,
            LEASE_S="2",
            HEARTBEAT_S="0.3",
        )
        try:
            made.start_api()
            made.start_worker()
            yield made
        finally:
            made.stop()


@pytest.fixture
def person(stack: Stack) -> Person:
    return stack.person()


@pytest.fixture
def ask(person: Person) -> Callable[[str], str]:
    """Ask about the weather; the task's id."""
    return lambda question: str(person.ask(question, dataset="seattle-weather")["task_id"])


def worker(stack: Stack) -> Process:
    """The newest worker, alive."""
    newest = stack.workers[-1]
    return newest if newest.popen.poll() is None else stack.start_worker()


def has(person: Person, task_id: str, kind: str) -> bool:
    """Whether the log has an event of this type."""
    return kind in types(person.status(task_id))


def types(status: dict[str, Any]) -> list[str]:
    """The types of a log, checked: numbers without gaps, one terminal event, at the end."""
    messages = status["messages"]
    assert [message["seq"] for message in messages] == list(range(len(messages)))
    found = [message["type"] for message in messages]
    ends = [kind for kind in found if kind in {"completed", "failed", "cancelled"}]
    assert not ends or ends == found[-1:]
    return found


def test_the_models_text_streams_while_it_is_written(
    model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    go_on = Event()
    # A sentence is shown once it is whole and checked, so the next one has to begin.
    model.script([PLAN], [Says("In 2014 it reached {{r0c0}}. That ", go_on, "was the most.")])
    task_id = ask(HARD)
    stream = person.stream(task_id)
    seen = [next(message for message in stream if message["type"] == "insight_delta")]
    assert person.status(task_id)["state"] == "running"
    go_on.set()
    seen += list(stream)
    text = "".join(message["data"]["text"] for message in seen if "text" in message["data"])
    result = seen[-1]["data"]["result"]
    assert result["answer"] == text == "In 2014 it reached 35.6 °C. That was the most."
    assert result["planner"].startswith("openai:")
    assert model.asked == ["plan", "text"]


def test_a_429_is_retried_and_the_log_says_so(
    model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    model.script([Status(429, headers={"Retry-After": "0"}), PLAN], [SPOKEN])
    done = person.finished(ask(HARD))
    assert done["status"] == "completed"
    assert "retrying" in types(done)
    assert done["attempt"] == 2
    retrying = next(message for message in done["messages"] if message["type"] == "retrying")
    assert retrying["data"]["reason"] == "model_unavailable"


def test_a_model_that_stays_away_fails_the_job_with_a_reason(
    model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    model.script([Status(503, headers={"Retry-After": "0"})], [SPOKEN])
    done = person.finished(ask(HARD))
    assert (done["status"], done["attempt"]) == ("error", 3)
    assert done["messages"][-1]["data"]["reason"] == "model_unavailable"
    assert "Traceback" not in str(done)


def test_a_malformed_plan_is_repaired(
    model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    model.script([Says('{"intent": "PARTICULAR"'), Says("{}"), PLAN], [SPOKEN])
    done = person.finished(ask(HARD))
    assert done["status"] == "completed"
    assert model.asked == ["plan", "plan", "plan", "text"]


def test_a_cut_connection_repeats_only_the_unfinished_step(
    model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    model.script([PLAN], [Says("In 2014 it reached {{r0c0}}. ", "And", cut=True), SPOKEN])
    done = person.finished(ask(HARD))
    assert done["result"]["answer"] == "In 2014 it reached 35.6 °C."
    assert model.asked == ["plan", "text", "text"]
    finished = [kind for kind in types(done) if kind in {"query_planned", "query_executed"}]
    assert finished == ["query_planned", "query_executed"]
    last = done["messages"][-1]["attempt"]
    said = [
        message["data"]["text"]
        for message in done["messages"]
        if message["type"] == "insight_delta" and message["attempt"] == last
    ]
    assert "".join(said) == done["result"]["answer"]


def test_stop_ends_a_job_whose_model_hangs_and_keeps_what_was_done(
    model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    model.script([PLAN], [Hang()])
    task_id = ask(HARD)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    assert person.cancel(task_id)["state"] in {"cancelling", "cancelled"}
    done = person.finished(task_id)
    assert done["status"] == "cancelled"
    kept = {"by": "user", "done": ["intent", "plan", "query"], "interrupted": "insight"}
    assert done["messages"][-1]["data"] == kept
    assert types(done)[-1] == "cancelled"


def test_stop_before_the_first_step_leaves_others_alone(
    stack: Stack, model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    stack.workers[-1].stop()
    model.script([PLAN], [SPOKEN])
    stopped, other = ask(HARD), ask(HARD)
    assert person.cancel(stopped)["state"] == "cancelled"
    worker(stack)
    assert person.finished(other)["status"] == "completed"
    assert types(person.status(stopped)) == ["queued", "cancelled"]


def test_a_killed_worker_loses_nothing_and_repeats_no_finished_step(
    stack: Stack, model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    model.script([PLAN], [Hang(), SPOKEN])
    running = worker(stack)
    task_id = ask(HARD)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    running.kill()
    stack.start_worker()
    done = person.finished(task_id)
    assert done["status"] == "completed"
    assert model.asked == ["plan", "text", "text"]
    assert [kind for kind in types(done) if kind.startswith("query_")] == [
        "query_planned",
        "query_executed",
    ]
    assert done["attempt"] == 2


def test_a_worker_that_wakes_up_after_its_lease_writes_nothing(
    stack: Stack, model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    hang = Hang()
    model.script([PLAN], [hang, SPOKEN])
    sleeper = worker(stack)
    task_id = ask(HARD)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    sleeper.signal(signal.SIGSTOP)
    other = stack.start_worker()
    done = person.finished(task_id)
    sleeper.signal(signal.SIGCONT)
    hang.released.set()
    assert done["status"] == "completed"
    # The sleeper notices that it lost its lease, and goes on to serve others.
    other.stop()
    model.script([PLAN], [SPOKEN])
    assert person.finished(ask(HARD))["status"] == "completed"
    assert person.status(task_id)["messages"] == done["messages"]
    sleeper.stop()


def test_a_worker_told_to_end_finishes_its_job_first(
    stack: Stack, model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    go_on = Event()
    model.script([PLAN], [Says("In 2014 it reached {{r0c0}}.", go_on)])
    ending = worker(stack)
    task_id = ask(HARD)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    ending.popen.terminate()
    go_on.set()
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 1)
    ending.popen.wait(30)


def test_a_bell_rung_twice_runs_the_job_once(
    stack: Stack, model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    stack.workers[-1].stop()
    model.script([PLAN], [SPOKEN])
    task_id = ask(HARD)
    stack.store.lpush(keys.BELLS, bell_template().replace("@ID@", task_id))
    worker(stack)
    done = person.finished(task_id)
    wait_until(lambda: stack.store.llen(keys.BELLS) == 0, "both bells being heard")
    assert (done["attempt"], model.asked) == (1, ["plan", "text"])


def test_a_lost_bell_is_rung_again(
    stack: Stack, model: Model, person: Person, ask: Callable[[str], str]
) -> None:
    stack.workers[-1].stop()
    model.script([PLAN], [SPOKEN])
    task_id = ask(HARD)
    stack.store.delete(keys.BELLS)
    worker(stack)
    assert person.finished(task_id)["status"] == "completed"


@pytest.mark.parametrize(
    ("question", "kind", "intent"),
    [
        ("Tell me about this data", "exploration_response", "NOT_PARTICULAR"),
        ("help", "help_response", "HELP"),
        ("bye", "conversation_end", "EXIT"),
    ],
)
def test_other_intents_have_their_own_results(
    question: str, kind: str, intent: str, stack: Stack, person: Person, ask: Callable[[str], str]
) -> None:
    worker(stack)
    done = person.finished(ask(question))
    assert done["result"]["type"] == kind
    parsed = next(message for message in done["messages"] if message["type"] == "intent_parsed")
    assert parsed["data"]["intent"] == intent
