"""The other peer of jobs.py: dramatiq with its Redis broker, one process of eight threads.

Run by a Python that has dramatiq: files BENCH_COUNT tasks, and prints what each cost.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

import dramatiq  # type: ignore[import-not-found]
import redis
from dramatiq.brokers.redis import RedisBroker  # type: ignore[import-not-found]

URL = os.environ["BENCH_REDIS_URL"]
store = redis.Redis.from_url(URL)
dramatiq.set_broker(RedisBroker(url=URL))


@dramatiq.actor
def count() -> None:
    """One INCR."""
    store.incr("bench:dramatiq")


def main() -> None:
    """Files, waits, and prints."""
    many = int(os.environ["BENCH_COUNT"])
    command = [sys.executable, "-m", "dramatiq", "-p", "1", "-t", "8", "bench.peers.bare_dramatiq"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as worker:
        count.send()
        while int(store.get("bench:dramatiq") or 0) < 1:
            time.sleep(0.05)
        began, own = time.monotonic(), time.process_time()
        for _ in range(many):
            count.send()
        while int(store.get("bench:dramatiq") or 0) < 1 + many:
            time.sleep(0.02)
        took_s, own_s = time.monotonic() - began, time.process_time() - own
        worker.terminate()
        worker.wait()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_ms = (own_s + children.ru_utime + children.ru_stime) / many * 1000
    wall_ms = took_s / many * 1000
    told = "CPU with its start, without the server"
    print(f"{cpu_ms:6.2f} ms {told}  {wall_ms:6.2f} ms per job")


if __name__ == "__main__":
    main()
