"""The figures of streams in which nothing happens: opening them, and having them open."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.figures.delivery import OPEN_WITHIN_S, Load, opened
from bench.figures.streaming import runnable
from bench.figures.table import Figure, Findings, median, span
from bench.load.floor import BareRelay
from bench.load.machine import Window, cpu_s, pss_kib
from bench.load.peers import FlaskSse
from bench.load.servers import Server, Store, Tailrace
from bench.load.tools import Swarm
from tests.support.processes import wait_until

STREAMS, OPENED = 10_000, 3_000
#: Long enough for two heartbeats of every stream.
IDLE_S = 30.0
#: After so long what opening has left behind is gone.
SETTLED_S = 5.0


def idle(rounds: int) -> Findings:
    """What 10,000 idle streams take of memory and of the core.

    What the API takes without streams is not theirs: another one, with three, runs beside it, and a
    relay in C with as many as it, so that whatever the machine does in a round hits all alike.
    """
    store = Store()
    servers: list[Server] = [Tailrace(store), Tailrace(store), BareRelay(store, [])]
    full, resting, bare = servers
    swarms = [opened(server, Load(3, 0)) for server in servers]
    try:
        time.sleep(1.0)
        before_kib = pss_kib(full.pid)
        swarms.append(opened(full, Load(STREAMS, 0)))
        time.sleep(SETTLED_S)
        kib = (pss_kib(full.pid) - before_kib) / STREAMS
        swarms.append(opened(bare, Load(STREAMS, 0)))
        time.sleep(SETTLED_S)
        cores, least = [], []
        for _ in range(rounds):
            taken, rest, floor = _taken([full, resting, bare])
            cores.append(taken - rest)
            least.append(floor)
            print(f"  {taken:.4f} and {rest:.4f} core, in C {floor:.4f}", flush=True)
        connections = store.connections("pubsub") - 2
    finally:
        for swarm in swarms:
            swarm.stop()
        for server in servers:
            server.stop()
        store.stop()
    return Findings(
        [
            Figure("memory per idle stream in the API process, 10,000 open", kib, 6.0, "KiB"),
            Figure("Redis connections that hear events, per process", connections, 1, ""),
            Figure(
                "core taken by 10,000 idle streams", median(cores), 0.005, "core",
                detail=span(cores),
            ),
        ],
        [f"a relay in C that sends as many heartbeats takes {span(least)} core"],
    )  # fmt: skip


def _taken(servers: Sequence[Server]) -> list[float]:
    """Which part of the core each takes, for a while."""
    before, began = [cpu_s([server.pid]) for server in servers], time.monotonic()
    time.sleep(IDLE_S)
    after, secs = [cpu_s([server.pid]) for server in servers], time.monotonic() - began
    return [(now - then) / secs for now, then in zip(after, before, strict=True)]


def opening(rounds: int) -> Findings:
    """How fast streams open until all are subscribed."""
    findings = Findings()
    if not runnable([FlaskSse], findings):
        return findings
    rates: dict[str, list[float]] = {}
    for _ in range(rounds):
        for kind in (Tailrace, FlaskSse):
            rate, cpu_us = _opened_per_s(kind)
            print(f"  {kind.name:14} {rate:7.0f}/s, {cpu_us:6.0f} us each", flush=True)
            rates.setdefault(kind.name, []).append(rate)
    mine, theirs = median(rates[Tailrace.name]), median(rates[FlaskSse.name])
    detail = f"{mine:,.0f} and {theirs:,.0f} a second"
    what = f"opening {OPENED:,} streams, against flask-sse"
    findings.figures.append(Figure(what, mine / theirs, 6.0, at_most=False, detail=detail))
    return findings


def _opened_per_s(kind: type[Server]) -> tuple[float, float]:
    """Streams a second, and the server's CPU for each."""
    store = Store()
    server = kind(store)
    try:
        opened(server, Load(3, 0)).stop()
        wait_until(lambda: store.channels == 0 or not server.answers_first, "the first ones gone")
        server.prepare(OPENED)
        window, began = Window([server.pid], [store.pid]), time.monotonic()
        paths = [server.path(name) for name in server.ids]
        swarm = Swarm(server.port, paths, server.headers, server.inflight)
        try:
            wait_until(
                lambda: server.ready(OPENED, opened=swarm.open), "all subscribed", OPEN_WITHIN_S
            )
            took_s, use = time.monotonic() - began, window.close()
        finally:
            swarm.stop()
        return OPENED / took_s, use.server_s / OPENED * 1e6
    finally:
        server.stop()
        store.stop()
