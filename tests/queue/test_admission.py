"""Admission: how many jobs there may be, for one user and in all, decided with the acceptance."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from shared import keys
from shared.attempts import Attempts
from shared.errors import OwnerBusy, QueueFull, TailraceError
from shared.jobs import Jobs, JobState, Question
from shared.rescue import Rescuer
from shared.settings import Settings
from tests.support.processes import wait_until
from tests.support.scenes import OWNER, Scene, question
from tests.support.stack import Stack


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Small limits."""
    return settings.model_copy(update={"user_max_active": 3, "queue_max": 5})


def test_an_owner_gets_so_many_unfinished_jobs_and_no_more(
    jobs: Jobs, attempts: Attempts, store: redis.Redis
) -> None:
    scenes = [Scene(jobs, attempts, jobs.accept(question())) for _ in range(3)]
    before = store.dbsize()
    with pytest.raises(OwnerBusy) as refused:
        jobs.accept(question())
    assert 1 <= refused.value.retry_after_s <= 30
    assert store.dbsize() == before
    scenes[0].bring_to(JobState.SUCCEEDED)
    jobs.accept(question())
    jobs.accept(Question("somebody else", "Hot?"))


@pytest.mark.parametrize("end", ["cancelled", "failed", "retrying then cancelled"])
def test_every_way_to_end_gives_the_place_back(
    end: str, jobs: Jobs, attempts: Attempts, store: redis.Redis
) -> None:
    for _ in range(4):
        scene = Scene(jobs, attempts, jobs.accept(question()))
        scene.claimed()
        scene.end(end.split(maxsplit=1)[0])
        job = jobs.load(scene.job_id, OWNER)
        assert job is not None
        jobs.cancel(job)
    assert store.exists(keys.OWNER % OWNER) == 0


def test_a_known_key_is_answered_even_when_there_is_no_room(jobs: Jobs) -> None:
    first = jobs.accept(question(idempotency_key="k"))
    for _ in range(2):
        jobs.accept(question())
    assert jobs.accept(question(idempotency_key="k")).job_id == first.job_id


def test_all_owners_together_get_no_more_than_the_queue_holds(jobs: Jobs) -> None:
    for number in range(5):
        jobs.accept(Question(f"owner {number}", "Hot?"))
    with pytest.raises(QueueFull):
        jobs.accept(Question("one more", "Hot?"))


def test_a_thundering_herd_is_let_in_to_the_limit_exactly(
    jobs: Jobs, store: redis.Redis, settings: Settings
) -> None:
    jobs._settings = settings.model_copy(update={"queue_max": 1000})

    def ask(number: int) -> str:
        try:
            jobs.accept(Question(f"owner {number % 10}", "Hot?"))
        except TailraceError as error:
            return type(error).__name__
        return "accepted"

    with ThreadPoolExecutor(20) as herd:
        outcomes = Counter(herd.map(ask, range(200)))
    assert outcomes == {"accepted": 30, "OwnerBusy": 170}
    assert store.zcard(keys.QUEUED) == store.llen(keys.BELLS) == 30


class TestMemory:
    """A store that runs short of memory refuses new jobs first, and never writes half of one."""

    def limit(self, store: redis.Redis, share: float) -> None:
        """Set the server's memory so that `share` of it is in use."""
        used = store.info("memory")["used_memory"]
        store.config_set("maxmemory", int(used / share))

    @pytest.fixture(autouse=True)
    def unlimited(self, store: redis.Redis) -> object:
        """However the test ends."""
        yield
        store.config_set("maxmemory", 512 * 1024 * 1024)

    def test_new_jobs_are_refused_first_and_accepted_again_when_there_is_room(
        self, jobs: Jobs, rescuer: Rescuer, store: redis.Redis
    ) -> None:
        self.limit(store, 0.8)
        rescuer.round()
        with pytest.raises(QueueFull):
            jobs.accept(question())
        self.limit(store, 0.3)
        rescuer.round()
        jobs.accept(question())

    @pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled", "retrying"])
    def test_a_full_store_takes_no_new_work_and_lets_what_runs_end(
        self, end: str, jobs: Jobs, attempts: Attempts, rescuer: Rescuer, store: redis.Redis
    ) -> None:
        scene = Scene(jobs, attempts, jobs.accept(question()))
        scene.claimed()
        waiting = jobs.accept(question())
        self.limit(store, 1.5)
        before = store.dbsize()
        for refused in (
            lambda: jobs.accept(question()),
            lambda: attempts.claim(waiting.job_id, "w"),
            lambda: scene.write("more", step="intent", result="{}"),
        ):
            with pytest.raises(TailraceError, match="full"):
                refused()
        assert store.dbsize() == before
        assert store.llen(keys.EVENTS % waiting.job_id) == 1
        assert scene.claim is not None
        assert attempts.renew("w1", 1, [scene.claim.job]) == ["ok"]
        scene.end(end)
        rescuer.round()
        job = jobs.load(waiting.job_id, OWNER)
        assert job is not None
        assert jobs.cancel(job) == "cancelled"


def test_over_http_it_is_429_or_503_with_retry_after_and_a_reason(desk: Stack) -> None:
    person = desk.person()
    for _ in range(desk.settings.user_max_active):
        person.ask("Hot?")
    body = {"action": "continue_conversation", "message": "Hot?"}
    response = person.http.post("/api/chat", json=body)
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) >= 1
    assert response.headers["content-type"] == "application/problem+json"
    assert "under way" in response.json()["detail"]
    used = desk.store.info("memory")["used_memory"]
    desk.store.config_set("maxmemory", int(used / 0.8))
    somebody = desk.person()
    try:
        wait_until(lambda: bool(desk.store.exists(keys.ALARM)), "the alarm")
        response = somebody.http.post("/api/chat/stream", json=body)
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) >= 1
    finally:
        desk.store.config_set("maxmemory", 512 * 1024 * 1024)
