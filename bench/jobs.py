"""What a job costs: overhead over bare Celery, I/O-bound jobs at a time, scaling, heartbeats.

    python -m bench.jobs [overhead] [together] [scaling] [idle] [--dramatiq PYTHON]

`--dramatiq` names a Python that has dramatiq and redis, for reference beside bare Celery.
CPU is that of all processes that take part: who files, the worker, the server. The peer is a
worker of the same pool, with the events that Flower needs (`-E`), as ours has; and one without.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from celery import Celery

from shared import keys
from shared.attempts import Attempts
from shared.jobs import Jobs, Question
from shared.rescue import Rescuer
from tests.support.model_answers import asked_document
from tests.support.one_question import HARD, PLAN, SPOKEN
from tests.support.processes import CHECKOUT, Process, wait_until
from tests.support.rig import Rig
from tests.support.scripted_model import Pipe, Reply, ScriptedModel

TICKS = os.sysconf("SC_CLK_TCK")
LARGE = {"USER_MAX_ACTIVE": "100000", "QUEUE_MAX": "100000"}
NO_OPS, ROUNDS = 1500, 3
WAIT_S, TOGETHER, EACH = 2.0, 200, 40


class Slow(Reply):
    """A reply that takes its time, without using any."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def send(self, pipe: Pipe) -> None:
        """Write it, late."""
        time.sleep(WAIT_S)
        self._reply.send(pipe)


def slow_model(body: dict[str, Any]) -> Reply:
    """Plans and texts, two seconds each."""
    return Slow(SPOKEN if "result" in asked_document(body) else PLAN)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process, and of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def pss_mib(pids: list[int]) -> float:
    """The memory of processes and all below them, shared pages divided."""
    total = 0
    parents = {int(p.name): p for p in Path("/proc").iterdir() if p.name.isdigit()}
    family = set(pids)
    for pid, path in sorted(parents.items()):
        try:
            if int((path / "stat").read_text().rpartition(")")[2].split()[1]) in family:
                family.add(pid)
        except OSError:
            continue
    for pid in family:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total / 1024


@contextmanager
def rig(**env: str) -> Iterator[Rig]:
    """A rig in a folder that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        made = Rig(Path(folder), **{**LARGE, **env})
        try:
            made.stack.start_api()
            yield made
        finally:
            made.stop()


def no_ops(
    name: str, made: Rig, pid: int, file: Callable[[], object], left: Callable[[], int]
) -> tuple[float, float]:
    """Milliseconds of CPU, and of time, per job; the best of a few rounds."""
    found = []
    pids = (os.getpid(), pid, made.server_pid)
    for _ in range(ROUNDS + 1):
        before, began = [cpu_s(each) for each in pids], time.monotonic()
        for _ in range(NO_OPS):
            file()
        wait_until(lambda: left() == 0, f"{name}: all being done", 300)
        spent = [cpu_s(each) - old for each, old in zip(pids, before, strict=True)]
        times = (sum(spent), *spent, time.monotonic() - began)
        found.append([value / NO_OPS * 1000 for value in times])
    cpu_ms, *parts, wall_ms = min(found[1:])
    split = " + ".join(f"{part:.2f}" for part in parts)
    print(f"  {name:14} {cpu_ms:6.2f} ms CPU = {split}; {wall_ms:6.2f} ms per job", flush=True)
    return cpu_ms, wall_ms


def overhead(dramatiq: str | None) -> None:
    """A job whose first step ends it (log of 5 events, lease, checkpoint) against a bare task."""
    print(f"overhead, {NO_OPS} no-op jobs, best of {ROUNDS}; CPU of filing + worker + server:")
    with rig() as made:
        store, env = made.store, {"BENCH_REDIS_URL": made.stack.settings.broker_url}
        done: dict[str, float] = {}
        worker = made.stack.start_worker()
        jobs, question = made.stack.jobs, Question("owner", "bye", "seattle-weather")
        done["tailrace"], _ = no_ops(
            "tailrace",
            made,
            worker.popen.pid,
            lambda: jobs.accept(question),
            lambda: int(store.zcard(keys.DEADLINES)),
        )
        worker.stop()
        bare = Celery("bare", broker=env["BENCH_REDIS_URL"])
        bare.conf.update(task_ignore_result=True, task_default_queue="bare")
        for name, events in (("bare Celery -E", ["-E"]), ("bare Celery", [])):
            done[name], _ = no_ops_of_celery(made, bare, env, name, events)
        if dramatiq:
            no_ops_of_dramatiq(dramatiq, env)
        with_events, without = (
            done["tailrace"] / done[name] for name in ("bare Celery -E", "bare Celery")
        )
        print(f"  ratio {with_events:.2f}; without its events {without:.2f}  (goal 1.60)")


def no_ops_of_celery(
    made: Rig, bare: Celery, env: dict[str, str], name: str, options: list[str]
) -> tuple[float, float]:
    """A task that counts itself: one INCR, or nobody would know when all are done."""
    output = made.stack.folder / "bare.log"
    worker = Process(["-m", "bench.peers.bare_celery", *options], env, output)
    count = Counted(made.store)
    try:
        return no_ops(
            name,
            made,
            worker.popen.pid,
            lambda: count.one(bare.send_task("bare.count", ignore_result=True)),
            count.left,
        )
    finally:
        worker.stop()


def no_ops_of_dramatiq(python: str, env: dict[str, str]) -> None:
    """The same with dramatiq, one process of eight threads; filed from a process of its own."""
    environment = {**os.environ, **env, "BENCH_COUNT": str(NO_OPS)}
    command = [python, "-m", "bench.peers.bare_dramatiq"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
    )
    print(f"  dramatiq     {done.stdout.strip()}", flush=True)


class Counted:
    """How many of the filed tasks have counted themselves."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store
        self._filed = 0
        store.delete("bench:done")

    def one(self, _sent: object) -> None:
        """One more was filed."""
        self._filed += 1

    def left(self) -> int:
        """How many are not done."""
        return self._filed - int(self._store.get("bench:done") or 0)


def together() -> None:
    """200 jobs that wait for a model, at a time, in one worker."""
    print(f"together, {TOGETHER} jobs with two waits of {WAIT_S:.0f} s for the model:")
    with (
        ScriptedModel(slow_model) as model,
        rig(OPENAI_BASE_URL=model.url, WORKER_CONCURRENCY=str(TOGETHER)) as made,
    ):
        worker = made.stack.start_worker()
        began, most, memory = time.monotonic(), 0, 0.0
        question = Question("owner", HARD, "seattle-weather")
        ids = [made.stack.jobs.accept(question).job_id for _ in range(TOGETHER)]
        while made.store.zcard(keys.DEADLINES):
            most = max(most, int(made.store.zcard(keys.LEASES)))
            memory = max(memory, pss_mib([worker.popen.pid]))
            time.sleep(0.25)
        took_s = time.monotonic() - began
        states = {str(state) for state in made.stack.jobs.states(ids)}
    print(f"  {most} at a time, {took_s:.1f} s for all, {memory:.0f} MiB at most, ended {states}")
    print("  (goal 200 in less than 1,536 MiB)", flush=True)


def scaling() -> None:
    """Throughput of I/O-bound jobs with one worker of eight slots, and with four."""
    print(f"scaling, {EACH} jobs per worker with two waits of {WAIT_S:.0f} s:")
    rates = []
    with ScriptedModel(slow_model) as model, rig(OPENAI_BASE_URL=model.url) as made:
        question = Question("owner", HARD, "seattle-weather")
        for workers in (1, 4):
            while len(made.workers) < workers:
                made.stack.start_worker()
            wait_until(lambda n=workers: made.store.zcard(keys.WORKERS) >= n, "all alive")  # type: ignore[misc]
            began = time.monotonic()
            for _ in range(EACH * workers):
                made.stack.jobs.accept(question)
            wait_until(lambda: made.store.zcard(keys.DEADLINES) == 0, "all being done", 300)
            rates.append(EACH * workers / (time.monotonic() - began))
            print(f"  {workers} worker(s): {rates[-1]:.2f} jobs/s", flush=True)
    print(f"  efficiency {rates[1] / rates[0] / 4:.2f}  (goal 0.90)", flush=True)


def idle() -> None:
    """What 10,000 running jobs cost the server: heartbeats of 100 workers, three rescuers."""
    print("idle, 10,000 running jobs of 100 workers, heartbeats every 2 s, three rescuers:")
    with rig(JOB_DEADLINE_S="3600", LEASE_S="60") as made:
        settings = made.stack.settings
        jobs, attempts = Jobs(made.store, settings), Attempts(made.store, settings)
        running: list[list[Any]] = [[] for _ in range(100)]
        for number in range(10_000):
            accepted = jobs.accept(Question(f"owner{number % 500}", "bye"))
            claim = attempts.claim(accepted.job_id, f"w{number % 100}")
            assert claim is not None
            running[number % 100].append(claim.job)
        made.store.delete(keys.BELLS)
        rescuers = [Rescuer(made.store, settings) for _ in range(2)]  # the API runs the third
        before, began, rounds = cpu_s(made.server_pid), time.monotonic(), 10
        for number in range(rounds):
            for rescuer in rescuers:
                rescuer.round()
                rescuer.tell()
            for worker in range(number % 2, 100, 2):
                attempts.renew(f"w{worker}", 100, running[worker])
            time.sleep(max(0.0, began + number + 1 - time.monotonic()))
        share = (cpu_s(made.server_pid) - before) / (time.monotonic() - began)
    print(f"  {share * 100:.1f} % of one core of Valkey  (goal less than 5 %)", flush=True)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = {"overhead", "together", "scaling", "idle"}
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(sorted(parts))}; all")
    parser.add_argument("--dramatiq", help="a Python with dramatiq")
    options = parser.parse_args()
    wanted = set(options.parts) or parts
    if "overhead" in wanted:
        overhead(options.dramatiq)
    for name, measure in (("together", together), ("scaling", scaling), ("idle", idle)):
        if name in wanted:
            measure()


if __name__ == "__main__":
    main()
