"""`tailrace jobs`: the operator's list, dead letters with their reasons, and asking again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import redis

from cli import jobs as command
from cli.errors import CommandError
from shared.attempts import Attempts
from shared.jobs import Jobs, JobState
from shared.settings import Settings
from tests.support.processes import free_port
from tests.support.scenes import OWNER, Scene, question


@pytest.fixture
def scene(store: redis.Redis, settings: Settings) -> Scene:
    jobs = Jobs(store, settings)
    return Scene(jobs, Attempts(store, settings), jobs.accept(question("How wet?", dataset="d")))


@pytest.fixture
def tell(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command; what it printed as JSON."""

    def run(*words: str) -> Any:
        assert command.run(settings, *words, as_json=True) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_unfinished_jobs_are_listed_with_state_and_attempt(scene: Scene, tell: Any) -> None:
    scene.claimed()
    (listed,) = tell("list")
    assert (listed["id"], listed["state"], listed["attempt"]) == (scene.job_id, "running", 1)
    scene.end("succeeded")
    assert tell("list") == []


def test_a_table_for_people_has_whole_ids(
    scene: Scene, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run(settings, "list", as_json=False)
    assert scene.job_id in capsys.readouterr().out
    command.run(settings, "show", scene.job_id, as_json=False)
    assert "How wet?" in capsys.readouterr().out


def test_a_failed_job_is_a_dead_letter_that_outlives_its_log(
    scene: Scene, store: redis.Redis, tell: Any
) -> None:
    scene.bring_to(JobState.FAILED)
    store.delete(f"tailrace:job:{scene.job_id}", f"tailrace:job:{scene.job_id}:events")
    (letter,) = tell("dead")
    assert (letter["id"], letter["reason"], letter["question"]) == (
        scene.job_id,
        "test",
        "How wet?",
    )
    assert tell("show", scene.job_id)["content"] == "It failed."


def test_a_dead_letter_is_asked_again_once_for_its_owner_in_its_conversation(
    scene: Scene, tell: Any
) -> None:
    scene.bring_to(JobState.FAILED)
    again = tell("retry", scene.job_id)["job"]
    assert tell("retry", scene.job_id)["job"] == again
    job = scene.jobs.load(again, OWNER)
    assert job is not None
    assert (job.state, job.question, job.dataset) == ("queued", "How wet?", "d")
    assert scene.claim is not None
    assert job.conversation == scene.claim.job.conversation
    assert tell("dead") == []


def test_a_cancel_says_who_did_it(scene: Scene, tell: Any, store: redis.Redis) -> None:
    assert tell("cancel", scene.job_id)["state"] == "cancelled"
    assert tell("show", scene.job_id)["events"][-1]["data"]["by"] == "operator"
    assert tell("cancel", scene.job_id)["state"] == "cancelled"


@pytest.mark.parametrize("word", ["show", "cancel", "retry"])
def test_an_unknown_job_is_said_in_one_line(word: str, settings: Settings) -> None:
    with pytest.raises(CommandError, match=r"no .*job"):
        command.run(settings, word, "nothing", as_json=False)


def test_a_store_that_is_not_there_is_said_in_one_line(settings: Settings) -> None:
    gone = settings.model_copy(update={"redis_url": None, "valkey_port": free_port()})
    with pytest.raises(CommandError, match="cannot be reached"):
        command.run(gone, "list", as_json=False)
