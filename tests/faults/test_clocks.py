"""Workers whose clocks are wrong by hours: leases and times are the server's."""

from __future__ import annotations

from pathlib import Path

from shared import keys
from tests.faults.conftest import ask
from tests.support.history import violations
from tests.support.one_question import PLAN, SPOKEN, Model
from tests.support.processes import Process, wait_until
from tests.support.rig import Rig
from tests.support.scripted_model import Hang
from tests.support.stack import Person

SHIFTED = """
import os
import time

_time, _time_ns, _shift_s = time.time, time.time_ns, int(os.environ["SHIFT_S"])
time.time = lambda: _time() + _shift_s
time.time_ns = lambda: _time_ns() + _shift_s * 10**9
"""


def start_shifted(rig: Rig, folder: Path, shift_s: int) -> Process:
    """A worker that believes it to be earlier or later, started and seen."""
    (folder / "sitecustomize.py").write_text(SHIFTED)
    env = {**rig.stack.env, "PYTHONPATH": str(folder), "SHIFT_S": str(shift_s)}
    output = rig.stack.folder / f"worker{len(rig.stack.workers)}.log"
    worker = Process(["-m", "cli", "worker"], env, output)
    rig.stack.workers.append(worker)

    def seen() -> bool:
        assert worker.popen.poll() is None, worker.output
        names = rig.store.zrange(keys.WORKERS, 0, -1)
        return any(str(name, "ascii").endswith(f"-{worker.popen.pid}") for name in names)  # type: ignore[arg-type]

    wait_until(seen, "a worker with a shifted clock being seen")
    return worker


def test_workers_with_wrong_clocks_keep_their_leases_and_take_over_when_they_should(
    rig: Rig, model: Model, person: Person, tmp_path: Path
) -> None:
    for worker in rig.workers:
        worker.stop()
    ahead = start_shifted(rig, tmp_path, 5 * 3600)
    model.script([PLAN], [Hang(), SPOKEN])
    task_id = ask(person)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    behind = start_shifted(rig, tmp_path, -5 * 3600)
    others = [ask(person) for _ in range(4)]
    found = [person.finished(each) for each in others]
    assert {(done["status"], done["attempt"]) for done in found} == {("completed", 1)}
    ahead.kill()
    done = person.finished(task_id)
    assert (done["status"], done["attempt"]) == ("completed", 2)
    times = [message["at"] for message in done["messages"]]
    assert times == sorted(times)
    assert violations(rig.store, [task_id, *others]) == []
    behind.kill()
