"""Whose job is next, and what those who wait are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis

from shared import keys
from shared.attempts import Attempts, Claim
from shared.event_log import EventLog
from shared.events import retrying_body
from shared.jobs import Jobs, Question
from shared.rescue import Rescuer
from shared.settings import Settings
from shared.workers import silence_s
from tests.support.scenes import Scene, question


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No limits."""
    return settings.model_copy(update={"user_max_active": 10_000})


@pytest.fixture
def hear(attempts: Attempts, store: redis.Redis) -> Callable[[str], Claim | None]:
    """A worker takes the next bell off the queue and claims."""

    def claim(worker: str) -> Claim | None:
        bell = store.rpop(keys.BELLS)
        job_id = json.loads(bell)["headers"]["id"] if isinstance(bell, bytes) else ""
        return attempts.claim(job_id, worker)

    return claim


def event() -> str:
    """The body of some event."""
    return retrying_body("test", "Again.", 60)


def file(jobs: Jobs, owner: str, count: int) -> list[str]:
    """So many questions of an owner; their jobs, in order."""
    return [jobs.accept(Question(owner, "Hot?")).job_id for _ in range(count)]


def test_one_owners_jobs_come_in_order(jobs: Jobs, hear: Callable[[str], Claim | None]) -> None:
    filed = file(jobs, "a", 5)
    claims = [hear("w1") for _ in range(5)]
    assert [claim.job.id for claim in claims if claim] == filed


def test_a_newcomer_does_not_wait_for_a_backlog(
    jobs: Jobs, hear: Callable[[str], Claim | None]
) -> None:
    """Of 500 questions and one, the one is next as soon as a slot is free."""
    file(jobs, "a", 500)
    for _ in range(4):
        hear("w1")
    (single,) = file(jobs, "b", 1)
    claim = hear("w1")
    assert claim is not None
    assert claim.job.id == single


def test_slots_are_shared_evenly_and_turns_go_round(
    jobs: Jobs, hear: Callable[[str], Claim | None]
) -> None:
    for owner, count in (("a", 30), ("b", 30), ("c", 2)):
        file(jobs, owner, count)
    owners = [claim.job.owner for _ in range(12) if (claim := hear("w1"))]
    assert sorted(owners[:3]) == ["a", "b", "c"]
    assert (owners.count("a"), owners.count("b"), owners.count("c")) == (5, 5, 2)


def test_who_has_fewer_under_way_comes_first(
    jobs: Jobs, attempts: Attempts, hear: Callable[[str], Claim | None]
) -> None:
    """Long jobs count for as long as they run."""
    file(jobs, "a", 4)
    file(jobs, "b", 4)
    claims = [claim for _ in range(4) if (claim := hear("w1"))]
    for claim in claims:
        if claim.job.owner == "a":
            attempts.finish(claim.job, "retrying", event(), 60)
    nearest = [claim.job.owner for _ in range(2) if (claim := hear("w1"))]
    assert nearest == ["a", "a"]


def test_a_job_tried_again_keeps_its_place(jobs: Jobs, attempts: Attempts) -> None:
    first, *_ = file(jobs, "a", 20)
    claim = attempts.claim(first, "w1")
    assert claim is not None
    attempts.finish(claim.job, "retrying", event())
    again = attempts.claim("a bell of no job", "w2")
    assert again is not None
    assert again.job.id == first


def test_a_delayed_job_becomes_claimable_when_its_time_has_come(
    jobs: Jobs, attempts: Attempts, store: redis.Redis, rescuer: Rescuer
) -> None:
    scene = Scene(jobs, attempts, jobs.accept(question()))
    claim = scene.claimed()
    attempts.finish(claim.job, "retrying", event(), 60)
    store.delete(keys.BELLS)
    assert rescuer.round().rung == 0
    assert attempts.claim(scene.job_id, "w") is None
    store.zadd(keys.DELAYED, {scene.job_id: 0})
    assert rescuer.round().rung == 1
    assert attempts.claim(scene.job_id, "w") is not None


def test_a_claim_whose_reply_was_lost_gets_the_same_job_again(
    jobs: Jobs, attempts: Attempts, monkeypatch: pytest.MonkeyPatch, store: redis.Redis
) -> None:
    filed = file(jobs, "a", 2)
    monkeypatch.setattr("secrets.token_hex", lambda _: "same")
    claims = [attempts.claim(filed[0], "w1") for _ in range(2)]
    assert [(claim.job.id, claim.job.attempt) for claim in claims if claim] == [(filed[0], 1)] * 2
    assert store.zcard(keys.LEASES) == 1


class TestBlame:
    """Which of the jobs of a worker that died was the cause."""

    def die(self, store: redis.Redis, rescuer: Rescuer) -> None:
        """All leases run out."""
        for job_id in store.zrange(keys.LEASES, 0, -1):
            store.zadd(keys.LEASES, {str(job_id, "ascii"): 0})  # type: ignore[arg-type]
        rescuer.round()

    def test_a_job_that_killed_its_worker_twice_is_set_aside_and_its_neighbours_are_not(
        self,
        jobs: Jobs,
        hear: Callable[[str], Claim | None],
        store: redis.Redis,
        rescuer: Rescuer,
    ) -> None:
        filed = file(jobs, "a", 4)
        assert all(hear("w1") for _ in filed)
        self.die(store, rescuer)
        # All four are suspects now: a worker gets one of them at a time.
        claims = [hear("w2") for _ in filed]
        (poison,) = [claim.job.id for claim in claims if claim]
        self.die(store, rescuer)
        last = EventLog(store).last(poison)
        assert last is not None
        assert last.message["data"]["reason"] == "quarantined"
        for _ in range(3):
            claim = hear("w3")
            assert claim is not None
            assert claim.job.id != poison
            assert hear("w3") is None
            Attempts(store, jobs._settings).finish(claim.job, "failed", event())

    def test_other_jobs_run_beside_a_suspect(
        self,
        jobs: Jobs,
        hear: Callable[[str], Claim | None],
        store: redis.Redis,
        rescuer: Rescuer,
    ) -> None:
        file(jobs, "a", 2)
        assert all(hear("w1") for _ in range(2))
        self.die(store, rescuer)
        fresh = file(jobs, "a", 1) + file(jobs, "b", 1)
        claims = [claim for _ in range(4) if (claim := hear("w2"))]
        assert len(claims) == 3
        assert {claim.job.id for claim in claims} > set(fresh)


class TestOutage:
    """A server that stood still has not killed anybody's worker."""

    def test_leases_get_time_to_be_renewed_first(
        self, jobs: Jobs, hear: Callable[[str], Claim | None], store: redis.Redis, rescuer: Rescuer
    ) -> None:
        file(jobs, "a", 1)
        claim = hear("w1")
        assert claim is not None
        rescuer.round()
        store.zadd(keys.LEASES, {claim.job.id: 0})
        store.hincrby(keys.ROUND, "last_ms", -60_000)
        assert rescuer.round().taken_back == 0
        attempts = Attempts(store, jobs._settings)
        assert attempts.renew("w1", 1, [claim.job]) == ["ok"]
        store.hset(keys.ROUND, "patience_ms", 0)
        assert rescuer.round().taken_back == 0

    def test_a_clock_that_went_back_leaves_no_lease_in_the_far_future(
        self,
        jobs: Jobs,
        hear: Callable[[str], Claim | None],
        store: redis.Redis,
        rescuer: Rescuer,
        now_ms: Callable[[], int],
        settings: Settings,
    ) -> None:
        file(jobs, "a", 1)
        claim = hear("w1")
        assert claim is not None
        store.zadd(keys.LEASES, {claim.job.id: now_ms() + 3_600_000})
        rescuer.round()
        ends = store.zscore(keys.LEASES, claim.job.id)
        assert ends is not None
        assert ends <= now_ms() + settings.lease_s * 1000


class TestTold:
    """What those who wait are told."""

    def told(self, store: redis.Redis, job_id: str) -> list[dict[str, Any]]:
        """The data of the `waiting` events of a job."""
        events = EventLog(store).read(job_id, -1)
        return [event.message["data"] for event in events if event.type == "waiting"]

    def all_due(self, store: redis.Redis) -> None:
        """Time passes."""
        for job_id in store.zrange(keys.TELL, 0, -1):
            store.zadd(keys.TELL, {str(job_id, "ascii"): 0})  # type: ignore[arg-type]

    def test_without_a_worker_they_are_told_so_once(
        self, jobs: Jobs, store: redis.Redis, rescuer: Rescuer
    ) -> None:
        (job_id,) = file(jobs, "a", 1)
        rescuer.tell()
        assert self.told(store, job_id) == []
        for _ in range(3):
            self.all_due(store)
            rescuer.tell()
        assert self.told(store, job_id) == [{"place": 1, "expected_start_s": None, "workers": 0}]
        last = EventLog(store).last(job_id)
        assert last is not None
        assert "none is running" in last.message["content"]

    def test_places_follow_the_turns_and_a_pace_gives_the_expected_start(
        self, jobs: Jobs, attempts: Attempts, store: redis.Redis, rescuer: Rescuer
    ) -> None:
        backlog = file(jobs, "a", 10)
        (single,) = file(jobs, "b", 1)
        attempts.renew("w1", 2, [])
        store.set(keys.PACE, 4000)
        self.all_due(store)
        rescuer.tell()
        places = [self.told(store, job_id)[0]["place"] for job_id in backlog]
        assert places == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
        expected = {"place": 2, "expected_start_s": 4, "workers": 1}
        assert self.told(store, single) == [expected]
        assert "2nd in the queue" in EventLog(store).last(single).message["content"]  # type: ignore[union-attr]

    def test_to_its_last_millisecond_it_is_told_when_a_worker_will_not_count(
        self, jobs: Jobs, store: redis.Redis, rescuer: Rescuer, settings: Settings
    ) -> None:
        """A round that sees no such time has told that nobody works, and comes not too early."""
        (job_id,) = file(jobs, "a", 1)
        store.zadd(keys.WORKERS, {"w1": 2**50})
        self.all_due(store)
        assert rescuer.tell().silent_in_s > 0
        seconds, microseconds = store.time()
        silent_at_ms = int(seconds) * 1000 + int(microseconds) // 1000 + 30
        store.zadd(keys.WORKERS, {"w1": silent_at_ms - round(silence_s(settings) * 1000)})
        while rescuer.tell().silent_in_s:
            pass
        assert [data["workers"] for data in self.told(store, job_id)] == [1, 0]

    def test_when_the_last_worker_goes_all_who_wait_learn_it_at_once(
        self,
        jobs: Jobs,
        attempts: Attempts,
        store: redis.Redis,
        rescuer: Rescuer,
        settings: Settings,
    ) -> None:
        attempts.renew("w1", 1, [])
        (job_id,) = file(jobs, "a", 1)
        self.all_due(store)
        assert 0 < rescuer.tell().silent_in_s <= silence_s(settings)
        attempts.leave("w1")
        assert rescuer.tell().silent_in_s == 0
        assert [data["workers"] for data in self.told(store, job_id)] == [1, 0]
        attempts.renew("w2", 1, [])
        rescuer.tell()
        assert [data["workers"] for data in self.told(store, job_id)] == [1, 0, 1]

    def test_who_runs_is_told_nothing(
        self, jobs: Jobs, hear: Callable[[str], Claim | None], store: redis.Redis, rescuer: Rescuer
    ) -> None:
        (job_id,) = file(jobs, "a", 1)
        hear("w1")
        self.all_due(store)
        assert rescuer.tell().jobs == 0
        assert self.told(store, job_id) == []
