"""Events from their append to many clients: what they cost the server, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.load.machine import Use, Window
from bench.load.servers import Server, Store
from bench.load.tools import Publisher, Swarm
from tests.support.processes import wait_until

WARM_S, MEASURED_S, SETTLE_S = 1.5, 4.0, 0.5
#: Tries at a round that others disturb; the least disturbed counts, and is marked.
TRIES = 3
OPEN_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a server: so many streams, events a second in all.

    With `viewers` more than one, each stream has as many. With `join` more than one, events of a
    stream that fell due since its last append go in one, as a worker sends text.
    """

    streams: int
    rate: float
    viewers: int = 1
    join: int = 1


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave."""

    server: str
    load: Load
    use: Use
    delivered: int
    p50_ms: float
    p99_ms: float
    per_read: float
    wrong: int
    #: Of a core, what Valkey, the publisher and the swarm took together.
    load_cores: float

    @property
    def per_s(self) -> float:
        """Events delivered per second."""
        return self.delivered / self.use.secs

    @property
    def cpu_us(self) -> float:
        """The server's CPU per event delivered."""
        return self.use.server_s / max(self.delivered, 1) * 1e6

    @property
    def whole(self) -> bool:
        """Whether everything arrived, once and in time."""
        offered = self.load.rate * self.load.viewers
        return not self.wrong and self.per_s >= 0.98 * offered

    @property
    def line(self) -> str:
        """For the reader who watches."""
        mark = "" if self.use.quiet else "  (disturbed)"
        load = self.load
        return (
            f"  {self.server:14} {load.streams}x{load.viewers} {load.rate:>7,.0f}/s:"
            f" {self.per_s:>8,.0f}/s  {self.cpu_us:6.1f} us  p50 {self.p50_ms:7.2f}"
            f"  p99 {self.p99_ms:7.2f} ms  {self.per_read:4.1f}/read"
            f"  core {self.use.server_s / self.use.secs:.2f} load {self.load_cores:.2f}"
            f"  wrong {self.wrong}{mark}"
        )


def quiet_round(kind: Callable[[Store], Server], load: Load) -> Round:
    """One round that others did not disturb, or the least disturbed of a few."""
    rounds: list[Round] = []
    while len(rounds) < TRIES:
        rounds.append(one_round(kind, load))
        print(rounds[-1].line, flush=True)
        if rounds[-1].use.quiet:
            return rounds[-1]
    return min(rounds, key=lambda found: max(*found.use.foreign, found.use.stolen))


def one_round(kind: Callable[[Store], Server], load: Load) -> Round:
    """Start everything, open the streams, publish, and count for a while."""
    store = Store()
    try:
        server = kind(store)
        try:
            return _measured(server, store, load)
        finally:
            server.stop()
    finally:
        store.stop()


def opened(server: Server, load: Load) -> Swarm:
    """All streams of a load, open and subscribed."""
    server.prepare(load.streams)
    paths = [server.path(name) for name in server.ids for _ in range(load.viewers)]
    swarm = Swarm(server.port, paths, server.headers, max(server.inflight, 128))
    try:
        wait_until(
            lambda: server.ready(load.streams, opened=swarm.open), "all subscribed", OPEN_WITHIN_S
        )
    except BaseException:
        swarm.stop()
        raise
    return swarm


def _measured(server: Server, store: Store, load: Load) -> Round:
    swarm = opened(server, load)
    try:
        time.sleep(SETTLE_S)
        options = {
            "rate": load.rate, "secs": WARM_S + MEASURED_S + 1.0, "base": server.base,
            "join": load.join, "http": int(server.http),
        }  # fmt: skip
        publisher = Publisher(server.publish_port, server.ids, server.words, options)
        try:
            time.sleep(WARM_S)
            window = Window([server.pid], [store.pid, swarm.pid, publisher.pid])
            swarm.mark()
            time.sleep(MEASURED_S)
            swarm.mark()
            use = window.close()
            found, sent = swarm.result(), publisher.result()
        finally:
            publisher.stop()
    finally:
        swarm.stop()
    wrong = sum(found[name] for name in ("missing", "dup", "late", "closed_by_server"))
    return Round(
        server.name, load, use, found["events"], found["latency"]["p50_ms"],
        found["latency"]["p99_ms"], found["events_per_read"], wrong + sent["errors"],
        use.load_s / use.secs,
    )  # fmt: skip


def rounds_of(
    kinds: Sequence[Callable[[Store], Server]], load: Load, rounds: int
) -> list[list[Round]]:
    """So many rounds of each server, interleaved, so that noise hits all alike."""
    found: list[list[Round]] = [[] for _ in kinds]
    for _ in range(rounds):
        for kind, of_kind in zip(kinds, found, strict=True):
            of_kind.append(quiet_round(kind, load))
    return found
