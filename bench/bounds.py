"""How soon it happens: a dead worker's job goes on, people learn that no worker lives, Stop stops.

    python -m bench.bounds [--samples 40]

With the settings as shipped: a lease of 10 s, heartbeats of 2 s. A worker that dies is played by
claims that nobody renews: the store cannot tell the difference. Times of events are the store's.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from shared import keys
from shared.jobs import Question
from shared.workers import living
from tests.support.one_question import ENDLESS, HARD, PLAN, SPOKEN, Model
from tests.support.processes import wait_until
from tests.support.queries import queries_of
from tests.support.rig import Rig
from tests.support.scripted_model import Hang, ScriptedModel, Silent
from tests.support.stack import Person

WEATHER = "seattle-weather"
GRACE_S = 0.5


class Bounds:
    """What is measured, over one rig."""

    def __init__(self, rig: Rig, model: Model, samples: int) -> None:
        self.rig, self.model, self.samples = rig, model, samples
        self.store, self.jobs = rig.store, rig.stack.jobs

    def taken_over_s(self) -> list[float]:
        """From the end of a dead worker's lease to the next attempt's start; another idles."""
        worker = self.rig.worker()
        worker.signal(signal.SIGSTOP)  # so that it does not take them at first
        self.store.delete(keys.BELLS)
        ends: dict[str, float] = {}
        for number in range(self.samples):
            accepted = self.jobs.accept(Question(f"owner{number}", "bye", WEATHER))
            claim = self.rig.stack.attempts.claim(accepted.job_id, f"dead{number}")
            assert claim is not None
            ends[claim.job.id] = self.lease_end_s(claim.job.id)
            time.sleep(random.uniform(0, 0.15))
        self.store.delete(keys.BELLS)
        worker.signal(signal.SIGCONT)
        self.rig.settled(list(ends), 120)
        return [self.at_s(job_id, "started", last=True) - end for job_id, end in ends.items()]

    def told_s(self) -> tuple[list[float], list[float]]:
        """From the last sign of the last worker's life, and from filing, to being told."""
        for worker in self.rig.workers:
            worker.kill()
        rounds = max(self.samples // 4, 5)
        after_death = []
        for _ in range(rounds):
            self.rig.stack.attempts.renew("mortal", 1, [])
            seen_s = self.now_s()
            job_id = self.jobs.accept(Question("waiting", "bye", WEATHER)).job_id
            wait_until(lambda j=job_id: self.none_lives(j), "being told")  # type: ignore[misc]
            after_death.append(self.at_s(job_id, "waiting", last=True) - seen_s)
            self.jobs.cancel_by_operator(job_id)
        filed: list[str] = []
        for _ in range(self.samples):
            filed.append(self.jobs.accept(Question("waiting", "bye", WEATHER)).job_id)
            time.sleep(random.uniform(0, 0.15))
        for job_id in filed:
            wait_until(lambda j=job_id: self.none_lives(j), "being told")  # type: ignore[misc]
        found = [self.at_s(j, "waiting") - self.at_s(j, "queued") for j in filed]
        for job_id in filed:
            self.jobs.cancel_by_operator(job_id)
        return after_death, found

    def stopped_s(self, person: Person, begun: Callable[[], bool]) -> list[float]:
        """From the POST of a cancel to its terminal event being here, with something under way."""
        found = []
        for _ in range(self.samples):
            task_id = str(person.ask(HARD, dataset=WEATHER)["task_id"])
            wait_until(begun, "something being under way")
            began = time.monotonic()
            person.cancel(task_id)
            person.finished(task_id)
            found.append(time.monotonic() - began)
            self.model.asked.clear()
        return found

    def handed_over_s(self, person: Person) -> list[float]:
        """From the end of a leaving worker's grace to the next attempt's start elsewhere."""
        found = []
        for _ in range(max(self.samples // 10, 3)):
            leaving = self.rig.worker()
            self.model.script([PLAN], [Hang(), SPOKEN])
            task_id = str(person.ask(HARD, dataset=WEATHER)["task_id"])
            wait_until(lambda: "text" in self.model.asked, "the job being under way")
            self.rig.stack.start_worker()
            wait_until(lambda: living(self.store, self.rig.stack.settings) == 2, "both alive")
            told_s = self.now_s()
            leaving.popen.terminate()
            person.finished(task_id)
            found.append(self.at_s(task_id, "started", last=True) - told_s - GRACE_S)
            leaving.popen.wait(30)
        return found

    def now_s(self) -> float:
        """The store's clock."""
        seconds, microseconds = self.store.time()
        return float(seconds) + float(microseconds) / 1e6

    def lease_end_s(self, job_id: str) -> float:
        """When a lease ends, by that clock."""
        ends_ms = self.store.zscore(keys.LEASES, job_id)
        assert ends_ms is not None
        return float(ends_ms) / 1000

    def messages(self, job_id: str) -> list[dict[str, Any]]:
        """A whole log."""
        return [event.message for event in self.rig.stack.log.read(job_id, -1)]

    def none_lives(self, job_id: str) -> bool:
        """Whether a log says that no worker lives."""
        return any(
            message["type"] == "waiting" and message["data"]["workers"] == 0
            for message in self.messages(job_id)
        )

    def at_s(self, job_id: str, kind: str, *, last: bool = False) -> float:
        """When the first or the last event of a type was written."""
        times = [message["at"] for message in self.messages(job_id) if message["type"] == kind]
        return datetime.fromisoformat(times[-1 if last else 0]).timestamp()


def report(what: str, found: Sequence[float]) -> None:
    """One line."""
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    told = f"p50 {cuts[49]:6.2f} s   p99 {cuts[98]:6.2f} s   most {max(found):6.2f} s"
    print(f"{what:58} {told}   ({len(found)})", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=40)
    options = parser.parse_args()
    model = Model()
    with ScriptedModel(model.reply) as server, tempfile.TemporaryDirectory() as folder:
        rig = Rig(
            Path(folder),
            OPENAI_BASE_URL=server.url,
            WORKER_GRACE_S=str(GRACE_S),
            USER_MAX_ACTIVE="1000",
        )
        try:
            rig.stack.start_api()
            rig.stack.start_worker()
            measure(Bounds(rig, model, options.samples))
        finally:
            rig.stop()


def measure(bounds: Bounds) -> None:
    """All of it."""
    rig, model, person = bounds.rig, bounds.model, bounds.rig.stack.person()
    report("lease's end to the next attempt, a worker idle (goal 5 s)", bounds.taken_over_s())
    model.script([ENDLESS], [])
    worker = rig.worker().popen.pid
    report(
        "Stop inside a query (goal 1 s)",
        bounds.stopped_s(person, lambda: len(queries_of(worker)) == 1),
    )
    model.script([PLAN], [Silent("In 2014 ")])
    report(
        "Stop inside a model's silent stream (goal 1 s)",
        bounds.stopped_s(person, lambda: "text" in model.asked),
    )
    report("SIGTERM and grace to the next attempt elsewhere", bounds.handed_over_s(person))
    after_death, after_filing = bounds.told_s()
    report("last worker's last heartbeat to being told (goal 5 s)", after_death)
    report("filing without any worker to being told (goal 5 s)", after_filing)


if __name__ == "__main__":
    main()
