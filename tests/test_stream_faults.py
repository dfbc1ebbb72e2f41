"""Streams while everything around them fails: what was seen, resumed, is the log; nothing else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator

import pytest

from shared.attempts import Claim
from tests.support.storm import Sea, Writing
from tests.support.viewers import TRANSPORTS, Everything, Streaming, Viewer

SEED = 20
EVENTS = 60
WITHIN_S = 90.0

Fault = Callable[[], Awaitable[None]]


@pytest.fixture(scope="module")
def sea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sea]:
    made = Sea(tmp_path_factory.mktemp("sea"))
    try:
        yield made
    finally:
        made.stop()


def watched(sea: Sea, cookie: str, claims: list[Claim], rng: random.Random) -> list[Viewer]:
    """A viewer of each job over each transport, and one of all jobs."""
    viewers: list[Viewer] = [
        transport(sea.addresses, cookie, claim.job.id, random.Random(rng.random()), 0.4)
        for claim in claims
        for transport in TRANSPORTS
    ]
    everything = Everything(sea.addresses, cookie, "", random.Random(rng.random()), 0.4)
    everything.wanted = frozenset(claim.job.id for claim in claims)
    return [*viewers, everything]


async def all_see(viewers: list[Viewer], writing: Writing, fault: Fault | None = None) -> None:
    """Write once every viewer has seen something; go on until each has seen all."""
    async with asyncio.timeout(WITHIN_S):
        seeing = asyncio.gather(*[viewer.run() for viewer in viewers])
        while not all(viewer.begun for viewer in viewers):
            await asyncio.sleep(0.02)
        writing.start()
        try:
            if fault is not None:
                await fault()
            await seeing
        finally:
            writing.stop()
    assert writing.failure is None


def check(sea: Sea, viewers: list[Viewer]) -> None:
    """The promise."""
    for viewer in viewers:
        assert (viewer.false_ends, viewer.resets) == (0, 0)
        for job_id, account in viewer.accounts.items():
            if job_id and account.ended:
                assert (account.lost, account.repeated) == (0, 0), type(viewer).__name__
                assert account.is_of(sea.stacks[0].log.read(job_id, -1, 100_000))


FAULTS = [
    "kill_an_api",
    "restart_an_api",
    "cut_subscribers",
    "freeze_the_store",
    "restart_the_store",
    "drop_publishes",
]


@pytest.mark.parametrize("name", FAULTS)
def test_every_viewer_gets_the_log_whatever_fails(name: str, sea: Sea) -> None:
    rng = random.Random(f"{SEED} {name}")
    owner, cookie = sea.owner()
    claims = [sea.accept(owner) for _ in range(3)]
    viewers = watched(sea, cookie, claims, rng)
    writing = Writing(sea, claims, EVENTS, rng, 0.02)

    async def fault() -> None:
        await asyncio.sleep(rng.uniform(0.1, 0.5))
        await getattr(sea, name)(rng)

    asyncio.run(all_see(viewers, writing, fault))
    check(sea, viewers)


def test_an_api_that_goes_for_good_is_left_for_another_on_another_port(sea: Sea) -> None:
    """All follow at the first; it is killed, and they go on at the second from where they were."""
    rng = random.Random(SEED)
    owner, cookie = sea.owner()
    claims = [sea.accept(owner) for _ in range(2)]
    viewers = watched(sea, cookie, claims, rng)
    where = sea.addresses[:1]
    for viewer in viewers:
        viewer.addresses = where
    first = sea.stacks[0]

    async def fault() -> None:
        await asyncio.sleep(0.2)
        assert first.api is not None
        first.api.kill()
        where[:] = sea.addresses[1:]

    try:
        asyncio.run(all_see(viewers, Writing(sea, claims, EVENTS, rng, 0.02), fault))
    finally:
        first.start_api()
    check(sea, viewers)


def test_without_any_publish_the_tick_delivers(sea: Sea) -> None:
    """Viewers that are connected get it from the log alone, without reconnecting."""
    owner, cookie = sea.owner()
    claims = [sea.accept(owner)]
    viewers: list[Viewer] = [
        Streaming(sea.addresses, cookie, claims[0].job.id, random.Random(at), 0) for at in range(4)
    ]
    writing = Writing(sea, claims, EVENTS, random.Random(SEED), 0.05)
    sea.quiet.set()
    try:
        asyncio.run(all_see(viewers, writing))
    finally:
        sea.quiet.clear()
    check(sea, viewers)
    assert [viewer.attempts for viewer in viewers] == [1] * 4


def test_two_hundred_viewers_of_one_job(sea: Sea) -> None:
    owner, cookie = sea.owner()
    claims = [sea.accept(owner)]
    viewers: list[Viewer] = [
        TRANSPORTS[at % 2](sea.addresses, cookie, claims[0].job.id, random.Random(at), 0)
        for at in range(200)
    ]
    writing = Writing(sea, claims, EVENTS, random.Random(SEED), 0.01)
    asyncio.run(all_see(viewers, writing))
    check(sea, viewers)


def test_a_thousand_jobs_at_once(sea: Sea) -> None:
    """Each with a viewer of its own, and one stream that carries them all."""
    owner, cookie = sea.owner()
    claims = [sea.accept(owner) for _ in range(1000)]
    viewers: list[Viewer] = [
        Streaming(sea.addresses, cookie, claim.job.id, random.Random(at), 0)
        for at, claim in enumerate(claims)
    ]
    everything = Everything(sea.addresses, cookie, "", random.Random(SEED), 0)
    everything.wanted = frozenset(claim.job.id for claim in claims)
    writing = Writing(sea, claims, 4, random.Random(SEED), 0)
    asyncio.run(all_see([*viewers, everything], writing))
    check(sea, [*viewers, everything])
