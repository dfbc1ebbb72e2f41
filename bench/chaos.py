"""Many jobs under random faults: kills, freezes, cut connections, lost and doubled bells, cancels.

At the end everything is healed, every job must end, and every log is read for broken promises.
Jobs are a mix: most end with the first step, some query the table, some need the (scripted) model.
Viewers come at random, over every transport; each must have seen exactly the log.

    python -m bench.chaos [--jobs 10000] [--workers 2] [--seed N]
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import redis

from shared import keys
from shared.errors import TailraceError
from shared.event_log import EventLog
from shared.jobs import Question
from shared.queue import bell_template
from shared.store import connect
from shared.workers import living
from tests.support.audience import Audience
from tests.support.history import violations
from tests.support.model_answers import asked_document
from tests.support.one_question import HARD, PLAN, SPOKEN
from tests.support.processes import Process
from tests.support.rig import Rig
from tests.support.scripted_model import Reply, Says, ScriptedModel, Status

OWNERS = 50
OUTSTANDING = 400
#: Viewers at a time, and how far back their jobs were filed: some are under way, some over.
SEATS, NEWEST = 40, 300
CANCELLED = 0.03
QUESTIONS = ["bye"] * 16 + ["Hottest day?"] * 3 + [HARD]
FAULT_EVERY_S = (1.5, 5.0)
SETTINGS = {
    "LEASE_S": "2",
    "HEARTBEAT_S": "0.4",
    "WORKER_GRACE_S": "0.5",
    "USER_MAX_ACTIVE": "100000",
    "QUEUE_MAX": "100000",
    "RESULT_TTL_S": "36000",
    "JOB_DEADLINE_S": "3600",
}


class Chaos:
    """One run over a rig, by one seed."""

    def __init__(self, rig: Rig, seed: int, jobs: int, workers: int) -> None:
        self.rig, self.count, self.living = rig, jobs, workers
        self.chance = random.Random(seed)
        self.files = random.Random(seed + 1)
        self.job_ids: list[str] = []
        self.faults: Counter[str] = Counter()
        self.over = Event()
        #: Ids of owners, and their cookies.
        self.owners = [rig.owner() for _ in range(OWNERS)]
        self.audience = Audience(rig.stack.port, self.some_job, seed + 3, SEATS)
        self.living_at = Living(rig)

    def run(self) -> None:
        """File all jobs while faults happen; then heal, and wait for the end of all."""
        self.replenish()
        filer = Thread(target=self.file_all)
        filer.start()
        self.audience.start()
        self.living_at.start()
        # In this thread: a server lives no longer than the thread that started it.
        self.break_things()
        filer.join()
        for worker in self.rig.workers:
            worker.signal(signal.SIGCONT)
        self.replenish()
        self.rig.settled(self.job_ids, 600)
        self.living_at.stop()
        self.audience.leave()

    def some_job(self, chance: random.Random) -> tuple[str, str] | None:
        """One of the newest jobs, and the cookie of its owner."""
        number = len(self.job_ids) - 1 - chance.randrange(NEWEST)
        if number < 0:
            return None
        return self.job_ids[number], self.owners[number % OWNERS][1]

    def file_all(self) -> None:
        """File jobs of many owners, never too many at a time, and cancel a few."""
        while len(self.job_ids) < self.count:
            number = len(self.job_ids)
            text = self.files.choice(QUESTIONS)
            owner = self.owners[number % OWNERS][0]
            question = Question(owner, text, "seattle-weather", idempotency_key=str(number))
            self.job_ids.append(self.surely(partial(self.rig.stack.jobs.accept, question)).job_id)
            if self.files.random() < CANCELLED:
                chosen = self.files.choice(self.job_ids[-50:])
                self.surely(partial(self.rig.stack.jobs.cancel_by_operator, chosen))
            while number % 20 == 0 and self.surely(self.unfinished) > OUTSTANDING:
                time.sleep(0.05)
            if number % 1000 == 0:
                print(f"{number} filed, faults {dict(self.faults)}", file=sys.stderr, flush=True)
        self.over.set()

    def unfinished(self) -> int:
        """How many jobs have not ended."""
        return int(self.rig.store.zcard(keys.DEADLINES))

    def surely(self, call: Callable[[], Any]) -> Any:
        """Call until the store answers: as a client does with its key."""
        while True:
            try:
                return call()
            except (TailraceError, redis.RedisError):
                time.sleep(0.1)

    def break_things(self) -> None:
        """One fault after the other."""
        faults: dict[str, tuple[int, Callable[[], None]]] = {
            "worker killed": (4, lambda: self.any_worker().kill()),
            "worker told to end": (2, lambda: self.any_worker().signal(signal.SIGTERM)),
            "worker frozen": (3, self.freeze_worker),
            "server killed": (2, self.rig.kill_valkey),
            "server frozen": (2, self.freeze_server),
            "connections cut": (4, lambda: self.surely(self.rig.cut_connections)),
            "bells lost": (2, lambda: self.surely(lambda: self.rig.store.delete(keys.BELLS))),
            "bells doubled": (3, lambda: self.surely(self.double_bells)),
            "api killed": (1, self.rig.kill_api),
        }
        names, weights = list(faults), [weight for weight, _ in faults.values()]
        while not self.over.wait(self.chance.uniform(*FAULT_EVERY_S)):
            (name,) = self.chance.choices(names, weights)
            self.faults[name] += 1
            faults[name][1]()
            self.replenish()

    def any_worker(self) -> Process:
        """One of the living."""
        return self.chance.choice(self.rig.workers)

    def replenish(self) -> None:
        """As many workers as there should be; nobody waits for them."""
        while len(self.rig.workers) < self.living:
            output = self.rig.stack.folder / f"worker{len(self.rig.stack.workers)}.log"
            worker = Process(["-m", "cli", "worker"], self.rig.stack.env, output)
            self.rig.stack.workers.append(worker)

    def freeze_worker(self) -> None:
        """For less or more than a lease."""
        self.rig.pause(self.any_worker(), self.chance.uniform(0.5, 4))

    def freeze_server(self) -> None:
        """For less or more than a lease."""
        with self.rig.frozen_valkey():
            time.sleep(self.chance.uniform(0.5, 4))

    def double_bells(self) -> None:
        """Ring again for jobs of any age."""
        for job_id in self.chance.sample(self.job_ids, min(20, len(self.job_ids))):
            self.rig.store.lpush(keys.BELLS, bell_template().replace("@ID@", job_id))


def moody(chance: random.Random) -> Callable[[dict[str, Any]], Reply]:
    """A model that answers most of the time."""

    def reply(body: dict[str, Any]) -> Reply:
        mood = chance.random()
        if mood < 0.1:
            return Status(429, headers={"Retry-After": "0"})
        if mood < 0.2:
            return Says("In 2014 ", cut=True)
        return SPOKEN if "result" in asked_document(body) else PLAN

    return reply


class Living:
    """When some worker was alive, by the store's clock: looked at ten times a second."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._seen: list[tuple[float, bool]] = []
        self._over = Event()
        self._thread = Thread(target=self._look)
        self.start, self._join = self._thread.start, self._thread.join

    def stop(self) -> None:
        """Look no longer."""
        self._over.set()
        self._join()

    def throughout(self, from_s: float, to_s: float) -> bool:
        """Whether some worker was alive all the time."""
        return all(alive for at_s, alive in self._seen if from_s <= at_s <= to_s)

    def _look(self) -> None:
        with connect(self._rig.stack.settings) as store:
            while not self._over.wait(0.1):
                with suppress(TailraceError, redis.RedisError):
                    seconds, microseconds = store.time()
                    alive = living(store, self._rig.stack.settings) > 0
                    self._seen.append((seconds + microseconds / 1e6, alive))


def taken_over_s(
    store: redis.Redis, job_ids: list[str], living_at: Living
) -> dict[bool, list[float]]:
    """For each lease that ran out: from that being noticed to the next attempt's start.

    Apart: those during which a worker was alive all the time (True), and the others.
    """
    log = EventLog(store)
    found: dict[bool, list[float]] = {True: [], False: []}
    for job_id in job_ids:
        messages = [event.message for event in log.read(job_id, -1, 100_000)]
        for at, message in enumerate(messages):
            if message["type"] != "retrying" or message["data"]["reason"] != "worker_lost":
                continue
            started = next((each for each in messages[at:] if each["type"] == "started"), None)
            if started is not None:
                from_s, to_s = (
                    datetime.fromisoformat(each["at"]).timestamp() for each in (message, started)
                )
                found[living_at.throughout(from_s, to_s)].append(to_s - from_s)
    return found


def main() -> int:
    """Run, and report; the exit code is 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedModel(moody(random.Random(options.seed + 2))) as model,
    ):
        rig = Rig(Path(folder), OPENAI_BASE_URL=model.url, **SETTINGS)
        try:
            rig.stack.start_api()
            chaos = Chaos(rig, options.seed, options.jobs, options.workers)
            chaos.run()
            took_s = time.monotonic() - began
            broken = violations(rig.store, chaos.job_ids)
            broken += chaos.audience.complaints(rig.stack.log)
            report(rig, chaos, took_s, broken)
        finally:
            rig.stop()
    return 1 if broken else 0


def report(rig: Rig, chaos: Chaos, took_s: float, broken: list[str]) -> None:
    """Print the figures."""
    states = Counter(
        str(state)
        for at in range(0, len(chaos.job_ids), 500)
        for state in rig.stack.jobs.states(chaos.job_ids[at : at + 500])
    )
    reasons = Counter(
        str(last.message["data"]["reason"])
        for job_id in chaos.job_ids
        if (last := rig.stack.log.last(job_id)) is not None and last.type == "failed"
    )
    print(f"{len(chaos.job_ids)} jobs in {took_s:.0f} s, {sum(chaos.faults.values())} faults:")
    print(f"  faults   {dict(chaos.faults)}")
    print(f"  ended    {dict(states)}; failed for {dict(reasons)}")
    print(f"  viewers  {chaos.audience}")
    for alive, delays in taken_over_s(rig.store, chaos.job_ids, chaos.living_at).items():
        if len(delays) > 1:
            cuts = statistics.quantiles(delays, n=100, method="inclusive")
            when = "a worker lived" if alive else "none lived for a while"
            print(f"  takeover, {when}: {len(delays)}, p50 {cuts[49]:.2f}, p99 {cuts[98]:.2f} s")
    print(f"  broken promises: {len(broken)}")
    for line in broken[:20]:
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
