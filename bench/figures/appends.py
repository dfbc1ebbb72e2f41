"""The figures of the worker's side: what an append costs it, alone and joined."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures.table import Figure, Findings, median, span
from bench.load.machine import SERVER_CORE, on_core
from bench.load.servers import BODY, LONG_S, MESSAGE, OWNER, Store
from shared.attempts import Attempts
from shared.jobs import Jobs, Question
from shared.settings import Settings
from shared.store import connect

COUNT, JOINED = 4_000, 8


def appends(rounds: int) -> Findings:
    """Client CPU of an append against a bare PUBLISH, and events/s of eight in one call."""
    ways: dict[str, list[tuple[float, float]]] = {"publish": [], "append": [], "joined": []}
    for _ in range(rounds):
        for way, found in ways.items():
            found.append(_measured(way))
            cpu_us, per_s = found[-1]
            print(f"  {way:8} {cpu_us:5.1f} us, {per_s:7,.0f} events/s", flush=True)
    cpu = {way: [cpu_us for cpu_us, _ in found] for way, found in ways.items()}
    rate = {way: median(per_s for _, per_s in found) for way, found in ways.items()}
    return Findings(
        [
            Figure(
                "client CPU of an append, against a bare PUBLISH of redis-py",
                median(cpu["append"]) / median(cpu["publish"]), 1.15,
                detail=f"{span(cpu['append'], '.0f')} and {span(cpu['publish'], '.0f')} us",
            ),
            Figure(
                f"events/s of {JOINED} in one call, against single ones",
                rate["joined"] / rate["append"], 5.0, at_most=False,
                detail=f"{rate['joined']:,.0f} and {rate['append']:,.0f} a second",
            ),
        ]
    )  # fmt: skip


def _measured(way: str) -> tuple[float, float]:
    """Microseconds of this process per event, and events per second, one call at a time."""
    store = Store()
    with tempfile.TemporaryDirectory() as folder, on_core(SERVER_CORE):
        settings = Settings(redis_url=store.url, data_dir=Path(folder), lease_s=float(LONG_S))
        client = connect(settings, retries=60)
        call = _publish(client) if way == "publish" else _append(client, settings, way)
        heard = store.client.pubsub()
        heard.psubscribe("*live")
        for _ in range(200):
            call()
        cpu_s, began = time.process_time(), time.perf_counter()
        for _ in range(COUNT // JOINED if way == "joined" else COUNT):
            call()
        cpu_s, took_s = time.process_time() - cpu_s, time.perf_counter() - began
        heard.close()
        client.close()
    store.stop()
    return cpu_s / COUNT * 1e6, COUNT / took_s


def _publish(client: object) -> Callable[[], object]:
    text = MESSAGE.replace("{t}", "1").replace("{s}", "1")
    return lambda: client.publish("tailrace:job:x:live", text)  # type: ignore[attr-defined]


def _append(client: object, settings: Settings, way: str) -> Callable[[], object]:
    jobs, attempts = Jobs(client, settings), Attempts(client, settings)  # type: ignore[arg-type]
    accepted = jobs.accept(Question(OWNER, "How wet?"))
    claim = attempts.claim(accepted.job_id, "bench")
    assert claim is not None
    length, job = claim.length, claim.job
    bodies = [BODY.replace("{t}", "1").replace("{s}", "1")] * (JOINED if way == "joined" else 1)

    def one() -> None:
        nonlocal length
        attempts.append(job, length, bodies)
        length += len(bodies)

    return one
