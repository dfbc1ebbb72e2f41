"""From POST to the first event of the worker on an open stream, against a bare Celery task.

Both answer the POST with the stream itself, over gunicorn gevent, one Valkey, Celery's threads
pool; requests alternate between them, so that noise of the machine hits both alike. The figure is
the ratio; goal: 1.3 or less at p50 and p99.

    python -m bench.first_event [--requests 400] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from cli import valkey
from shared.settings import Settings
from tests.support.processes import Process, free_port, wait_until
from tests.support.stack import Stack

WARM_UP = 40
GAP_S = 0.04
BODY = {
    "action": "continue_conversation",
    "message": "Hottest day?",
    "dataset": "seattle-weather",
}


def until_marker(client: httpx2.Client, path: str, marker: bytes) -> float:
    """Milliseconds from sending the POST to the chunk that holds `marker`; reads to the end."""
    began = time.perf_counter()
    found_ms = 0.0
    with client.stream("POST", path, json=BODY) as response:
        seen = b""
        for chunk in response.iter_raw():
            seen += chunk
            if not found_ms and marker in seen:
                found_ms = (time.perf_counter() - began) * 1000
    assert found_ms, seen
    return found_ms


@contextmanager
def both(folder: Path) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Clients of our stack and of the peer, over one Valkey."""
    settings = Settings(data_dir=folder, valkey_port=free_port())
    server = valkey.start(settings)
    valkey.wait_ready(settings)
    stack = Stack(settings.broker_url, folder)
    env, port = {"BENCH_REDIS_URL": settings.broker_url}, free_port()
    peers: list[Process] = []
    try:
        stack.start_api()
        stack.start_worker()
        bind = ["-m", "gunicorn", "-k", "gevent", "--no-control-socket", "-b", f"127.0.0.1:{port}"]
        module = "bench.peers.bare_celery"
        peers.append(Process([*bind, f"{module}:app"], env, folder / "peer-api.log"))
        peers.append(Process(["-m", module], env, folder / "peer-worker.log"))
        ours = httpx2.Client(base_url=stack.url, timeout=30)
        bare = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        wait_until(lambda: answers(bare), "the peer answering")
        yield ours, bare
        ours.close()
        bare.close()
    finally:
        for process in peers:
            process.stop()
        stack.stop()
        server.terminate()
        server.wait(10)


def answers(client: httpx2.Client) -> bool:
    """Whether the peer's API is up."""
    try:
        return client.get("/healthz").is_success
    except httpx2.TransportError:
        return False


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=400, help="of each, after the warm-up")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    times: dict[str, list[float]] = {"tailrace": [], "bare": []}
    with tempfile.TemporaryDirectory() as folder, both(Path(folder)) as (ours, bare):
        for number in range(WARM_UP + options.requests):
            ours_ms = until_marker(ours, "/api/chat/stream", b'"type":"started"')
            time.sleep(random.uniform(0, GAP_S))
            bare_ms = until_marker(bare, "/ask", b"started")
            time.sleep(random.uniform(0, GAP_S))
            if number >= WARM_UP:
                times["tailrace"].append(ours_ms)
                times["bare"].append(bare_ms)
    found = {
        name: {"p50_ms": cuts[49], "p99_ms": cuts[98]}
        for name, values in times.items()
        for cuts in [statistics.quantiles(values, n=100)]
    }
    ratios = {
        point.removesuffix("_ms"): found["tailrace"][point] / found["bare"][point]
        for point in ("p50_ms", "p99_ms")
    }
    if options.json:
        print(json.dumps({**found, "ratio": ratios, "requests": options.requests}))
        return
    for name, points in found.items():
        print(f"{name:9} p50 {points['p50_ms']:6.2f} ms   p99 {points['p99_ms']:6.2f} ms")
    print(f"ratio     p50 {ratios['p50']:6.2f}      p99 {ratios['p99']:6.2f}   (goal 1.30)")


if __name__ == "__main__":
    main()
