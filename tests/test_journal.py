"""The worker's pen: fast text is written together, and none of it is lost or reordered."""

from __future__ import annotations

import pytest
import redis

from shared.attempts import Attempts, Checkpoint, LeaseLost
from shared.event_log import EventLog
from shared.jobs import Jobs
from tests.support.processes import wait_until
from tests.support.scenes import Scene, question
from worker.journal import Journal

PIECES = [f"piece {number} ü\n" for number in range(50)]


@pytest.fixture
def scene(jobs: Jobs, attempts: Attempts) -> Scene:
    made = Scene(jobs, attempts, jobs.accept(question()))
    made.claimed()
    return made


@pytest.fixture
def journal(scene: Scene, attempts: Attempts) -> Journal:
    assert scene.claim is not None
    return Journal(attempts, scene.claim, "insight")


def written(store: redis.Redis, scene: Scene) -> list[str]:
    """What the log says, after its beginning."""
    events = EventLog(store).read(scene.job_id, 1)
    return [str(event.message["content"] or event.type) for event in events]


def tell(journal: Journal, *pieces: str) -> None:
    for piece in pieces:
        journal.emit("insight_delta", piece, {"text": piece})


def test_fast_text_is_whole_in_order_and_written_in_few_calls(
    store: redis.Redis, scene: Scene, journal: Journal
) -> None:
    store.config_resetstat()
    tell(journal, *PIECES)
    journal.finish_step(
        Checkpoint("insight", "{}", "d"), '"type":"insight_generated","content":"end"'
    )
    journal.end("succeeded", '"type":"completed","content":"done","data":{"result":{}}')
    assert written(store, scene) == [*PIECES, "end", "done"]
    calls = store.info("commandstats")["cmdstat_publish"]["calls"]
    assert calls < len(PIECES) / 2, "one publish for each append, two for the end"


def test_a_piece_after_which_nothing_comes_is_written_all_the_same(
    store: redis.Redis, scene: Scene, journal: Journal
) -> None:
    tell(journal, "one", "two")
    wait_until(lambda: written(store, scene) == ["one", "two"], "the late piece being written")
    tell(journal, "three")
    journal.emit("progress", "four", {})
    assert written(store, scene) == ["one", "two", "three", "four"]


def test_a_lease_that_was_lost_is_said_where_the_attempt_runs(
    store: redis.Redis, scene: Scene, journal: Journal
) -> None:
    tell(journal, "one")
    store.hset(f"tailrace:job:{scene.job_id}", "attempt", "2")
    with pytest.raises(LeaseLost):  # at once, when more than 30 ms have passed, or with the next
        tell(journal, "late")
        wait_until(lambda: journal._failure is not None, "the late piece being refused")
        tell(journal, "more")
        journal.emit("progress", "more", {})
    assert written(store, scene) == ["one"]
