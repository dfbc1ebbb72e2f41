"""A soak: a million events to viewers of every transport, while everything around them fails.

APIs are killed, restarted and taken over by each other, the store is frozen, killed and restarted
from its file, subscribers are cut, publishes dropped, and the viewers cut themselves at any byte or
take a byte a second. Every viewer must get its job's log, byte for byte.

    python -m bench.soak [--events 1000000] [--seed 1] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.storm import Sea, Writing
from tests.support.viewers import TRANSPORTS, Everything, Viewer

JOBS_PER_WAVE = 40
EVENTS_PER_JOB = 600
#: Viewers of each job, per transport; and one of all jobs of a wave.
VIEWERS = 2
WRITERS = 4
#: A wave that takes longer has lost something.
WAVE_S = 400


@dataclass
class Tally:
    """What all viewers got, and what was done to them."""

    delivered: int = 0
    lost: int = 0
    repeated: int = 0
    differing: int = 0
    false_ends: int = 0
    resets: int = 0
    connections: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, sea: Sea, viewer: Viewer) -> None:
        """Compare what a viewer got with the logs."""
        self.connections += viewer.attempts
        self.false_ends += viewer.false_ends
        self.resets += viewer.resets
        for job_id, account in viewer.accounts.items():
            if isinstance(viewer, Everything) and job_id not in viewer.wanted:
                continue
            self.delivered += account.seq + 1
            self.lost += account.lost
            self.repeated += account.repeated
            log = sea.stacks[0].log.read(job_id, -1, 100_000)
            self.differing += not account.is_of(log)

    @property
    def wrong(self) -> int:
        """How much of it is against the promise."""
        return self.lost + self.repeated + self.differing + self.false_ends + self.resets


async def wave(sea: Sea, rng: random.Random, tally: Tally, jobs: int, events: int) -> None:
    """Some jobs written and watched to their ends, under faults."""
    owner, cookie = sea.owner()
    claims = [sea.accept(owner) for _ in range(jobs)]
    viewers: list[Viewer] = [
        transport(sea.addresses, cookie, claim.job.id, random.Random(rng.random()), 0.5)
        for claim in claims
        for transport in TRANSPORTS * VIEWERS
    ]
    everything = Everything(sea.addresses, cookie, "", random.Random(rng.random()), 0.3)
    everything.wanted = frozenset(claim.job.id for claim in claims)
    viewers.append(everything)
    groups = [claims[at::WRITERS] for at in range(WRITERS)]
    writings = [
        Writing(sea, group, events, random.Random(rng.random()), 0.002) for group in groups if group
    ]
    fate = asyncio.create_task(strike(sea, rng, tally))
    try:
        for writing in writings:
            writing.start()
        async with asyncio.timeout(WAVE_S):
            await asyncio.gather(*[viewer.run() for viewer in viewers])
    except TimeoutError:
        unended = [viewer for viewer in viewers if not viewer.done]
        print("unended:", [(type(v).__name__, v.job_id, v.attempts) for v in unended[:9]])
        print("writers:", [(writing.is_alive(), writing.failure) for writing in writings])
        raise
    finally:
        for writing in writings:
            writing.stop()
        fate.cancel()
    while not fate.done():
        await asyncio.sleep(0.1)
    failed = [writing.failure for writing in writings if writing.failure]
    assert not failed, failed
    for viewer in viewers:
        tally.add(sea, viewer)
    sea.store.flushdb()


async def strike(sea: Sea, rng: random.Random, tally: Tally) -> None:
    """One fault after the other; ends between two."""
    stopping = asyncio.Event()
    while not stopping.is_set():
        fault = rng.choice(sea.faults)
        tally.faults[fault.__name__] += 1
        task = asyncio.ensure_future(fault(rng))
        try:
            await asyncio.shield(task)
            await asyncio.sleep(rng.uniform(0.3, 3))
        except asyncio.CancelledError:
            stopping.set()
            await task


async def soak(folder: Path, events: int, seed: int) -> Tally:
    """Waves until so many events have been delivered."""
    tally, rng = Tally(), random.Random(seed)
    sea = Sea(folder)
    try:
        while tally.delivered < events:
            await wave(sea, rng, tally, JOBS_PER_WAVE, EVENTS_PER_JOB)
            print(tally, flush=True)
            if tally.wrong:
                break
    finally:
        sea.stop()
    return tally


def main() -> None:
    """Soak and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(soak(Path(folder), options.events, options.seed))
    found: dict[str, Any] = {**vars(tally), "seed": options.seed}
    found["minutes"] = round((time.monotonic() - began) / 60, 1)
    print(json.dumps(found) if options.json else found)
    raise SystemExit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
