"""The figures of streams in which nothing happens: opening them, and having them open."""

from __future__ import annotations

import time

from bench.figures.delivery import OPEN_WITHIN_S, Load, opened
from bench.figures.streaming import runnable
from bench.figures.table import Figure, Findings, median, span
from bench.load.machine import Window, pss_kib
from bench.load.peers import FlaskSse
from bench.load.servers import Server, Store, Tailrace
from bench.load.tools import Swarm
from tests.support.processes import wait_until

STREAMS, OPENED = 10_000, 3_000
#: Long enough for two heartbeats of every stream.
IDLE_S = 30.0


def idle(rounds: int) -> Findings:
    """What 10,000 idle streams take of memory and of the core."""
    memory, cores, connections = [], [], []
    for _ in range(rounds):
        store = Store()
        server = Tailrace(store)
        try:
            kib, core, connected = _idle(server, store)
        finally:
            server.stop()
            store.stop()
        memory.append(kib)
        cores.append(core)
        connections.append(connected)
        print(f"  {kib:.2f} KiB, {core:.4f} core, {connected} subscriber(s)", flush=True)
    return Findings(
        [
            Figure(
                "memory per idle stream in the API process, 10,000 open", median(memory), 6.0,
                "KiB", detail=span(memory),
            ),
            Figure(
                "Redis connections that hear events, per process", max(connections), 1, "",
            ),
            Figure(
                "core taken by 10,000 idle streams", median(cores), 0.005, "core",
                detail=span(cores),
            ),
        ]
    )  # fmt: skip


def _idle(server: Server, store: Store) -> tuple[float, float, int]:
    """KiB per stream, part of a core, and subscribed connections; the app is warm before."""
    warm = opened(server, Load(3, 0))
    try:
        time.sleep(1.0)
        resting = Window([server.pid], [store.pid])
        time.sleep(IDLE_S / 3)
        rest = resting.close()
        before_kib = pss_kib(server.pid)
        swarm = opened(server, Load(STREAMS, 0))
        try:
            time.sleep(5.0)
            kib = (pss_kib(server.pid) - before_kib) / STREAMS
            window = Window([server.pid], [store.pid, swarm.pid])
            time.sleep(IDLE_S)
            use = window.close()
            # What the process takes without streams is not theirs.
            core = use.server_s / use.secs - rest.server_s / rest.secs
            return kib, core, store.connections("pubsub")
        finally:
            swarm.stop()
    finally:
        warm.stop()


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
