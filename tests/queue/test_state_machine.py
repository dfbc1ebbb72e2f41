"""A model of a job's states against the scripts: every interleaving hypothesis can think of.

The model is a few lines of Python per command. After each command the store must agree with it:
states, fences, logs, and every set the queue keeps.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared import keys
from shared.attempts import (
    Attempts,
    CancelRequested,
    Checkpoint,
    Claim,
    LeaseLost,
    StepEnd,
    Stopped,
)
from shared.events import (
    Event,
    EventType,
    body,
)
from shared.jobs import Jobs, Question
from shared.rescue import DEATHS, Rescuer
from shared.settings import Settings
from shared.store import connect
from tests.support.job_model import EVENTS, FIRST, OWNERS, STEP_END, TERMINAL, Modelled

PICK = st.integers(0, 10**6)


class Machine(RuleBasedStateMachine):
    """API, workers, rescuers and time, in any order."""

    def __init__(self, store: redis.Redis, settings: Settings) -> None:
        super().__init__()
        store.flushall()
        self.store = store
        self.jobs, self.attempts = Jobs(store, settings), Attempts(store, settings)
        self.rescuer = Rescuer(store, settings)
        self.settings = settings
        self.modelled: dict[str, Modelled] = {}
        self.claims: list[Claim] = []
        self.lengths: dict[tuple[str, int], int] = {}

    def pick(self, number: int, **wanted: bool) -> str | None:
        """One of the jobs that are so."""
        fit = [
            job_id
            for job_id, job in self.modelled.items()
            if all(getattr(job, name) == value for name, value in wanted.items())
        ]
        return fit[number % len(fit)] if fit else None

    def held(self, number: int) -> Claim:
        """A claim that a worker has: good, or lost to another attempt that runs, or any."""
        good = [claim for claim in self.claims if self.is_good(claim)]
        late = [
            claim
            for claim in self.claims
            if self.modelled[claim.job.id].runs and not self.is_good(claim)
        ]
        some = (good, late, self.claims)[number % 3] or self.claims
        return some[number // 3 % len(some)]

    def is_good(self, claim: Claim) -> bool:
        """Whether its lease was not lost."""
        job = self.modelled[claim.job.id]
        return job.attempt == claim.job.attempt and job.runs

    @initialize()
    def begin(self) -> None:
        """There is something to do."""
        for owner in ("a", "a", "b"):
            self.accept(owner)

    @rule(owner=st.sampled_from(OWNERS))
    def accept(self, owner: str) -> None:
        """A question comes in."""
        accepted = self.jobs.accept(Question(owner, "Hot?"))
        self.modelled[accepted.job_id] = Modelled(owner)

    @precondition(lambda self: any(job.claimable for job in self.modelled.values()))
    @rule(
        number=PICK,
        worker=st.sampled_from(["w1", "w2"]),
        first=st.sampled_from(["", FIRST]),
        steps=st.sampled_from([(), ("intent",), ("intent", "plan")]),
    )
    def claim(self, number: int, worker: str, first: str, steps: tuple[str, ...]) -> None:
        """A worker hears a bell, of whatever job, and finishes some steps of what it gets."""
        bell = self.pick(number) or "none"
        claim = self.attempts.claim(bell, worker, first)
        busy = any(
            job.runs and job.deaths and job.worker == worker for job in self.modelled.values()
        )
        free = [j for j in self.modelled.values() if j.claimable and not (busy and j.deaths)]
        if claim is None:
            assert not free
            return
        job = self.modelled[claim.job.id]
        assert job in free
        fewest = min(self.under_way(each.owner) for each in free)
        assert busy or self.under_way(job.owner) == fewest
        job.state, job.worker = "running", worker
        job.attempt += 1
        job.events.append("started")
        if first and not job.steps:
            job.events.append("step_started")
        assert (claim.job.attempt, claim.begun) == (job.attempt, bool(first and not job.steps))
        self.claims.append(claim)
        self.lengths[claim.job.id, claim.job.attempt] = claim.length
        for step in steps:
            self.write(claim, step)

    def under_way(self, owner: str) -> int:
        return sum(job.runs for job in self.modelled.values() if job.owner == owner)

    def expected(self, claim: Claim, *, cancelling: type[Stopped] | None) -> Any:
        """What a worker with this claim must meet when it writes."""
        job = self.modelled[claim.job.id]
        if not self.is_good(claim):
            return pytest.raises(LeaseLost)
        if job.state == "cancelling" and cancelling is not None:
            return pytest.raises(cancelling)
        return nullcontext()

    @precondition(lambda self: self.claims)
    @rule(number=PICK, twice=st.booleans(), step=st.sampled_from(["", "intent", "plan"]))
    def append(self, number: int, twice: bool, step: str) -> None:
        """A worker writes, perhaps long after it lost its lease; perhaps the same thing twice."""
        claim = self.held(number)
        self.write(claim, step)
        if twice:
            self.write(claim, step, again=True)

    def write(self, claim: Claim, step: str, *, again: bool = False) -> None:
        """Append one event, with a step's result unless `step` is ''; `again` as just before."""
        job, fence = self.modelled[claim.job.id], (claim.job.id, claim.job.attempt)
        note = [body(EventType.INSIGHT_DELTA, "x", {"text": "x"})]
        allowed = self.is_good(claim) and job.state == "running"
        length = self.lengths[fence] - (again and allowed)
        with self.expected(claim, cancelling=CancelRequested):
            self.attempts.append(
                claim.job, length, note, Checkpoint(step, "{}" if step else "", "")
            )
        if allowed and not again:
            self.lengths[fence] += 1
            job.finish_step(step, "insight_delta")

    @precondition(lambda self: self.claims)
    @rule(
        number=PICK,
        how=st.sampled_from(sorted(EVENTS)),
        delay_s=st.sampled_from([0, 600]),
        step=st.sampled_from(["", "intent", "plan"]),
        unheard=st.booleans(),
    )
    def finish(self, number: int, how: str, delay_s: int, step: str, unheard: bool) -> None:
        """A worker ends its attempt, perhaps long after it lost its lease.

        With a step's end, or without; when that was written before, `unheard` by the worker,
        nothing is written again.
        """
        claim = self.held(number)
        job = self.modelled[claim.job.id]
        stopped = None if how == "cancelled" else CancelRequested
        allowed = job.attempt == claim.job.attempt and (
            job.state == "running" or (job.state == "cancelling" and how == "cancelled")
        )
        length = self.lengths[claim.job.id, claim.job.attempt]
        end = StepEnd(Checkpoint(step, "{}", ""), STEP_END, length - unheard) if step else None
        with self.expected(claim, cancelling=stopped):
            self.attempts.finish(claim.job, how, EVENTS[how], delay_s, end)
        if not allowed:
            return
        if step and not unheard:
            job.finish_step(step, "intent_parsed")
        if how in TERMINAL:
            job.end(how)
        else:
            job.hand_on(delayed=delay_s > 0)
            job.handovers += how == "handed_over"

    @rule(number=PICK)
    def cancel(self, number: int) -> None:
        """Somebody stops a job, in whatever state it is."""
        job_id = self.pick(number)
        if job_id is None:
            return
        job = self.modelled[job_id]
        state = self.jobs.cancel_by_operator(job_id)
        if job.state == "running":
            job.state = "cancelling"
        elif job.state in {"queued", "retrying"}:
            job.end("cancelled")
        assert state == job.state

    @precondition(lambda self: any(job.runs for job in self.modelled.values()))
    @rule(number=PICK)
    def lose_a_lease(self, number: int) -> None:
        """A worker is silent for too long, and a rescuer comes by."""
        job_id = self.pick(number, runs=True)
        assert job_id is not None
        job = self.modelled[job_id]
        self.store.zadd(keys.LEASES, {job_id: 0})
        assert self.rescuer.round().taken_back == 1
        job.deaths += 1
        if job.state == "cancelling":
            job.end("cancelled")
        elif job.deaths >= DEATHS or job.attempt - job.handovers >= self.settings.max_attempts:
            job.end("failed")
        else:
            job.hand_on()

    @rule(number=PICK)
    def pass_a_deadline(self, number: int) -> None:
        """A job takes too long, and a rescuer comes by."""
        job_id = self.pick(number)
        if job_id is None or self.modelled[job_id].state in TERMINAL:
            return
        self.store.zadd(keys.DEADLINES, {job_id: 0})
        assert self.rescuer.round().ended == 1
        job = self.modelled[job_id]
        job.end("cancelled" if job.state == "cancelling" else "failed")

    @precondition(lambda self: any(job.delayed for job in self.modelled.values()))
    @rule(number=PICK)
    def end_a_delay(self, number: int) -> None:
        """The pause before a retry is over."""
        job_id = self.pick(number, delayed=True)
        assert job_id is not None
        self.store.zadd(keys.DELAYED, {job_id: 0})
        self.modelled[job_id].delayed = False
        self.rescuer.round()

    @rule()
    def rescue(self) -> None:
        """Bells are lost; a rescuer rings as many as there are claimable jobs."""
        self.store.delete(keys.BELLS)
        done = self.rescuer.round()
        claimable = sum(job.claimable for job in self.modelled.values())
        assert (done.ended, done.taken_back, done.rung) == (0, 0, claimable)

    @precondition(lambda self: self.claims)
    @rule()
    def renew(self) -> None:
        """All workers, also those that lost their jobs, say that they live."""
        verdicts = self.attempts.renew("w1", 8, [claim.job for claim in self.claims])
        for claim, verdict in zip(self.claims, verdicts, strict=True):
            job = self.modelled[claim.job.id]
            held = "cancelling" if job.state == "cancelling" else "ok"
            expected = held if self.is_good(claim) else "lost"
            assert verdict == expected

    @invariant()
    def the_logs_are_as_modelled(self) -> None:
        """In order, without gaps, with one end; and the record says the same."""
        with self.store.pipeline(transaction=False) as reads:
            for job_id in self.modelled:
                reads.lrange(keys.EVENTS % job_id, 0, -1)
                reads.hmget(keys.JOB % job_id, "state", "attempt")
                reads.hkeys(keys.STEPS % job_id)
            found = reads.execute()
        for at, job in enumerate(self.modelled.values()):
            lines, record, steps = found[3 * at : 3 * at + 3]
            events = [Event.parse(line) for line in lines]
            assert [event.seq for event in events] == list(range(len(events)))
            assert [str(event.type) for event in events] == job.events
            assert record == [job.state.encode(), str(job.attempt).encode()]
            assert {step.decode() for step in steps} == job.steps
            if job.state == "cancelled":
                assert set(events[-1].message["data"]["done"]) == job.steps

    @invariant()
    def the_sets_are_as_modelled(self) -> None:
        """Every set of the queue holds the jobs it should, and no other."""
        jobs = self.modelled.items()
        expected = {
            keys.QUEUED: {i for i, job in jobs if job.claimable},
            keys.DELAYED: {i for i, job in jobs if job.delayed},
            keys.LEASES: {i for i, job in jobs if job.runs},
            keys.DEADLINES: {i for i, job in jobs if job.state not in TERMINAL},
            keys.ROTA: {job.owner for _, job in jobs if job.claimable},
        }
        with self.store.pipeline(transaction=False) as reads:
            for name in expected:
                reads.zrange(name, 0, -1)
            reads.hgetall(keys.FENCES)
            for owner in OWNERS:
                reads.hmget(keys.OWNER % owner, "active", "running")
            found = reads.execute()
        for name, members in zip(expected, found, strict=False):
            assert {member.decode() for member in members} == expected[name], name
        fences, *of_owners = found[len(expected) :]
        told = {"running": "", "cancelling": "!"}
        held = {i: f"{job.attempt}{told[job.state]}" for i, job in jobs if job.runs}
        assert {i.decode(): fence.decode() for i, fence in fences.items()} == held
        for owner, counts in zip(OWNERS, of_owners, strict=True):
            active = sum(job.state not in TERMINAL for _, job in jobs if job.owner == owner)
            assert [int(count or 0) for count in counts] == [active, self.under_way(owner)]


def test_the_scripts_do_what_the_model_says(lone_valkey_url: str) -> None:
    """Leases are long: only the test makes them end."""
    long = Settings(redis_url=lone_valkey_url, lease_s=600.0, user_max_active=1000)
    with connect(long) as store:
        run_state_machine_as_test(
            lambda: Machine(store, long),  # type: ignore[arg-type]
            settings=settings(
                max_examples=50,
                stateful_step_count=50,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
