"""The job record and its scripts: accept, claim, fence, cancel, rescue."""

from __future__ import annotations

import json
import time
from threading import Thread

import pytest
import redis

from shared import keys
from shared.attempts import Attempts, CancelRequested, Checkpoint, LeaseLost
from shared.errors import KeyReused, LogFull, Unavailable, UnknownConversation
from shared.event_log import CAP, EventLog
from shared.jobs import Jobs, JobState, Question
from shared.rescue import Rescuer
from shared.settings import Settings
from shared.store import connect
from tests.support.processes import free_port, wait_until
from tests.support.scenes import OWNER, Scene, note, question

FINAL = [JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]


@pytest.fixture
def scene(jobs: Jobs, attempts: Attempts) -> Scene:
    return Scene(jobs, attempts, jobs.accept(question()))


def types(store: redis.Redis, job_id: str) -> list[str]:
    """The types in a log; asserts that its numbers are without gaps and its last alone ends it."""
    events = EventLog(store).read(job_id, -1, CAP)
    assert [event.seq for event in events] == list(range(len(events)))
    assert not any(event.terminal for event in events[:-1])
    return [str(event.type) for event in events]


def state(jobs: Jobs, scene: Scene) -> JobState:
    job = jobs.load(scene.job_id, OWNER)
    assert job is not None
    return job.state


def test_accepting_writes_record_event_place_and_bell_together(
    jobs: Jobs, store: redis.Redis
) -> None:
    accepted = jobs.accept(question("Hot?", dataset="d"))
    job = jobs.load(accepted.job_id, OWNER)
    assert job is not None
    assert (job.state, job.attempt, job.question, job.dataset) == ("queued", 0, "Hot?", "d")
    assert types(store, job.id) == ["queued"]
    assert store.zscore(keys.QUEUED, job.id) is not None
    bell = json.loads(store.lindex(keys.BELLS, 0) or "{}")
    assert bell["headers"]["id"] == job.id


def test_the_same_idempotency_key_gives_the_same_job_and_enqueues_nothing(
    jobs: Jobs, store: redis.Redis
) -> None:
    first = jobs.accept(question(idempotency_key="k"))
    again = jobs.accept(question(idempotency_key="k"))
    assert (again.job_id, again.conversation, again.known) == (
        first.job_id,
        first.conversation,
        True,
    )
    assert store.llen(keys.BELLS) == 1
    with pytest.raises(KeyReused):
        jobs.accept(question("Something else?", idempotency_key="k"))


def test_a_thundering_herd_with_one_key_makes_one_job(jobs: Jobs, store: redis.Redis) -> None:
    found: list[str] = []
    herd = [
        Thread(target=lambda: found.append(jobs.accept(question(idempotency_key="k")).job_id))
        for _ in range(20)
    ]
    for thread in herd:
        thread.start()
    for thread in herd:
        thread.join()
    assert len(found) == 20
    assert len(set(found)) == 1
    assert store.zcard(keys.QUEUED) == 1


def test_a_conversation_takes_questions_of_its_owner_only_and_remembers_its_dataset(
    jobs: Jobs,
) -> None:
    first = jobs.accept(question(dataset="d"))
    follow_up = jobs.accept(question("And then?", conversation=first.conversation))
    job = jobs.load(follow_up.job_id, OWNER)
    assert job is not None
    assert job.dataset == "d"
    with pytest.raises(UnknownConversation):
        jobs.accept(Question("stranger", "And me?", conversation=first.conversation))
    with pytest.raises(UnknownConversation):
        jobs.accept(question(conversation="0" * 24))


def test_only_the_owner_can_load_a_job(jobs: Jobs, scene: Scene) -> None:
    assert jobs.load(scene.job_id, OWNER) is not None
    assert jobs.load(scene.job_id, "stranger") is None
    assert jobs.load("no-such-job", OWNER) is None


def test_two_bells_for_one_job_claim_it_once(attempts: Attempts, scene: Scene) -> None:
    scene.claimed()
    assert attempts.claim(scene.job_id, "w2") is None


def test_a_bell_is_a_ticket_for_the_oldest_job_when_its_own_is_taken(
    jobs: Jobs, attempts: Attempts, scene: Scene
) -> None:
    scene.claimed()
    other = jobs.accept(question("Another?"))
    claim = attempts.claim(scene.job_id, "w2")
    assert claim is not None
    assert claim.job.id == other.job_id


def test_a_stale_attempt_writes_nothing(
    jobs: Jobs, attempts: Attempts, scene: Scene, store: redis.Redis
) -> None:
    scene.claimed()
    scene.end("retrying")
    second = Scene(jobs, attempts, jobs.accept(question()))
    second.job_id = scene.job_id
    second.claimed("w2")
    before = types(store, scene.job_id)
    with pytest.raises(LeaseLost):
        scene.write("too late")
    with pytest.raises(LeaseLost):
        scene.end("succeeded")
    assert types(store, scene.job_id) == before
    second.write("mine")
    assert types(store, scene.job_id) == [*before, "insight_delta"]


def test_an_append_sent_twice_writes_once(
    attempts: Attempts, scene: Scene, store: redis.Redis
) -> None:
    claim = scene.claimed()
    done = Checkpoint("intent", "{}", "a digest")
    for _ in range(2):
        attempts.append(claim.job, claim.length, [note("a"), note("b")], done)
    assert types(store, scene.job_id) == ["queued", "started", "insight_delta", "insight_delta"]
    assert store.hgetall(keys.STEPS % scene.job_id) == {b"intent": b"{}"}


@pytest.mark.parametrize("final", FINAL)
def test_nothing_follows_a_terminal_event_and_all_keys_expire_together(
    final: JobState, jobs: Jobs, attempts: Attempts, scene: Scene, store: redis.Redis
) -> None:
    claim = scene.claimed()
    scene.write("kept", step="intent", result="{}")
    scene.end(final)
    before = types(store, scene.job_id)
    with pytest.raises(LeaseLost):
        scene.write("more")
    for again in FINAL:
        with pytest.raises(LeaseLost):
            scene.end(again)
    assert jobs.cancel(claim.job) == final
    assert types(store, scene.job_id) == before
    patterns = (keys.JOB, keys.EVENTS, keys.STEPS)
    assert {store.ttl(pattern % scene.job_id) for pattern in patterns} == {300}
    assert store.zcard(keys.QUEUED) == store.zcard(keys.LEASES) == store.zcard(keys.DEADLINES) == 0


@pytest.mark.parametrize("start", [JobState.QUEUED, JobState.RETRYING])
def test_cancelling_a_job_no_worker_has_ends_it_at_once(
    start: JobState, jobs: Jobs, attempts: Attempts, scene: Scene, store: redis.Redis
) -> None:
    scene.bring_to(start)
    job = jobs.load(scene.job_id, OWNER)
    assert job is not None
    assert jobs.cancel(job) == JobState.CANCELLED
    assert jobs.cancel(job) == JobState.CANCELLED
    assert types(store, scene.job_id)[-1] == "cancelled"
    assert attempts.claim(scene.job_id, "w") is None


def test_cancelling_a_running_job_lets_its_worker_end_it_and_nothing_else(
    jobs: Jobs, attempts: Attempts, scene: Scene, store: redis.Redis
) -> None:
    claim = scene.claimed()
    scene.write("half", step="intent", result="{}")
    assert jobs.cancel(claim.job) == JobState.CANCELLING
    assert attempts.renew("w1", 1, [claim.job]) == ["cancelling"]
    with pytest.raises(CancelRequested):
        scene.write("more")
    for other in ("succeeded", "failed", "retrying"):
        with pytest.raises(CancelRequested):
            scene.end(other)
    scene.end("cancelled")
    last = EventLog(store).last(scene.job_id)
    assert last is not None
    assert last.message["data"] == {"by": "user", "done": ["intent"], "interrupted": None}
    assert last.message["content"] == "Stopped. Finished and kept: intent."


def test_a_full_log_refuses_more(
    attempts: Attempts, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.attempts.CAP", 4)
    scene.claimed()
    scene.write("third", "fourth")
    with pytest.raises(LogFull):
        scene.write("fifth")
    scene.end("failed")


class TestRescue:
    """What no living worker does."""

    @pytest.fixture
    def settings(self, valkey_url: str, settings: Settings) -> Settings:
        return settings.model_copy(
            update={"lease_s": 0.05, "max_attempts": 2, "job_deadline_s": 60.0}
        )

    def lose_the_lease(self, store: redis.Redis, scene: Scene) -> None:
        """Wait until the lease has run out by the server's clock."""
        due_ms = store.zscore(keys.LEASES, scene.job_id)
        assert due_ms is not None

        def over() -> bool:
            seconds, microseconds = store.time()
            return bool(seconds * 1000 + microseconds / 1000 > due_ms)

        wait_until(over, "the lease's end")

    def test_an_expired_lease_goes_back_to_the_queue_and_rings(
        self, jobs: Jobs, attempts: Attempts, scene: Scene, store: redis.Redis, settings: Settings
    ) -> None:
        scene.claimed()
        store.delete(keys.BELLS)
        self.lose_the_lease(store, scene)
        # Its effects, not its counts: the API of other tests may run a round at the same moment.
        Rescuer(store, settings).round()
        assert store.llen(keys.BELLS) == 1
        assert types(store, scene.job_id) == ["queued", "started", "retrying"]
        claim = attempts.claim(scene.job_id, "w2")
        assert claim is not None
        assert claim.job.attempt == 2

    def test_used_up_attempts_fail_with_a_reason(
        self, jobs: Jobs, scene: Scene, store: redis.Redis, settings: Settings
    ) -> None:
        scene.claimed()
        scene.end("retrying")
        scene.claimed()
        self.lose_the_lease(store, scene)
        Rescuer(store, settings).round()
        last = EventLog(store).last(scene.job_id)
        assert last is not None
        assert last.message["data"]["reason"] == "attempts_used_up"
        assert state(jobs, scene) == JobState.FAILED

    def test_a_cancelled_job_whose_worker_died_ends_cancelled(
        self, jobs: Jobs, scene: Scene, store: redis.Redis, settings: Settings
    ) -> None:
        scene.bring_to(JobState.CANCELLING)
        self.lose_the_lease(store, scene)
        Rescuer(store, settings).round()
        assert types(store, scene.job_id)[-1] == "cancelled"

    @pytest.mark.parametrize("start", [JobState.QUEUED, JobState.RUNNING, JobState.RETRYING])
    def test_a_passed_deadline_fails_the_job(
        self,
        start: JobState,
        jobs: Jobs,
        attempts: Attempts,
        store: redis.Redis,
        settings: Settings,
    ) -> None:
        jobs._settings = jobs._settings.model_copy(update={"job_deadline_s": 0.001})
        late = Scene(jobs, attempts, jobs.accept(question()))
        late.bring_to(start)
        wait_until(lambda: Rescuer(store, settings).round().ended == 1, "the deadline")
        last = EventLog(store).last(late.job_id)
        assert last is not None
        assert last.message["data"]["reason"] == "deadline_passed"

    def test_only_the_shortfall_of_bells_is_rung(
        self, jobs: Jobs, store: redis.Redis, settings: Settings
    ) -> None:
        for _ in range(5):
            jobs.accept(question())
        assert Rescuer(store, settings).round().rung == 0
        store.lpop(keys.BELLS, 2)
        assert Rescuer(store, settings).round().rung == 2
        assert store.llen(keys.BELLS) == 5

    def test_a_second_round_changes_nothing(
        self, scene: Scene, store: redis.Redis, settings: Settings
    ) -> None:
        scene.claimed()
        self.lose_the_lease(store, scene)
        Rescuer(store, settings).round()
        before = types(store, scene.job_id)
        again = Rescuer(store, settings).round()
        assert (again.ended, again.taken_back, again.rung) == (0, 0, 0)
        assert types(store, scene.job_id) == before


def test_a_store_that_cannot_be_reached_is_said_within_two_seconds(settings: Settings) -> None:
    """No test of speed: the bound is a promise of the API, asserted with a wide margin."""
    gone = settings.model_copy(
        update={"redis_url": None, "valkey_port": free_port(), "data_dir": settings.data_dir}
    )
    began = time.monotonic()
    with pytest.raises(Unavailable):
        Jobs(connect(gone), gone).accept(question())
    assert time.monotonic() - began < 5
