"""A full disk: the store takes nothing new and keeps what it has; no table is half a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx2
import pytest

from cli import valkey
from tests.faults.conftest import LEASE_S, ask, serving
from tests.support.history import violations
from tests.support.one_question import PLAN, SPOKEN, Model
from tests.support.processes import CHECKOUT, wait_until
from tests.support.rig import Rig
from tests.support.scripted_model import Says

#: A file system of its own for one program: no privilege is needed where users may have one.
ON_A_SMALL_DISK = ["unshare", "--map-root-user", "--mount", "sh", "-c"]


@pytest.fixture(scope="module", autouse=True)
def _allowed() -> None:
    """Some containers give nobody a file system of their own."""
    trial = [*ON_A_SMALL_DISK, "mount -t tmpfs -o size=1m tmpfs /mnt"]
    if subprocess.run(trial, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small disk cannot be had on this machine")


class SmallDisk(Rig):
    """A rig whose Valkey writes to a disk of a few megabytes."""

    def _serve(self) -> subprocess.Popen[bytes]:
        configuration = valkey.configuration(self._own)
        mount = f"mount -t tmpfs -o size=24m tmpfs '{self._folder}'"
        server = subprocess.Popen(
            [*ON_A_SMALL_DISK, f"{mount} && exec '{valkey.binary()}' -"], stdin=subprocess.PIPE
        )
        assert server.stdin is not None
        with server.stdin as pipe:
            pipe.write(configuration.encode())
        valkey.wait_ready(self._own)
        return server

    @property
    def _folder(self) -> Path:
        return self._own.data_dir.resolve() / "valkey"

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No room within the block."""
        filler = Path(f"/proc/{self.server_pid}/root{self._folder}/filler")
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(64 << 20))
        try:
            yield
        finally:
            filler.unlink()


@pytest.fixture(scope="module")
def running_rig(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with serving(SmallDisk, model, tmp_path_factory.mktemp("small")) as made:
        yield made


def test_a_full_disk_refuses_new_questions_and_costs_no_running_job_its_attempt(
    rig: SmallDisk, model: Model
) -> None:
    go_on, person = Event(), rig.stack.person()
    model.script([PLAN], [Says("In 2014 it ", go_on, "reached {{r0c0}}."), SPOKEN])
    running = ask(person)
    wait_until(lambda: "text" in model.asked, "the model being asked to write")
    accepted: list[str] = []

    def refused() -> bool:
        body = {"action": "continue_conversation", "message": "bye"}
        response = person.http.post("/api/chat", json=body)
        if response.status_code == httpx2.codes.ACCEPTED:
            accepted.append(response.json()["task_id"])
            return False
        assert response.status_code == 503, response.text
        assert response.headers["retry-after"]
        return True

    with rig.full_disk():
        wait_until(refused, "new questions being refused")
        go_on.set()
        # For as long as leases would take to run out.
        assert not Event().wait(1.5 * LEASE_S)
        assert refused()
    done = person.finished(running)
    assert (done["status"], done["attempt"]) == ("completed", 1)
    rig.settled(accepted, 30)
    accepted += [running, ask(person)]
    rig.settled(accepted, 30)
    assert violations(rig.store, accepted) == []


READ_ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from tests.support.queries import Tables
from worker.query.engine import QueryEngine
from worker.query.errors import UnreadableTable

small = Path(sys.argv[1])
engine = QueryEngine(small)
try:
    Tables(small, engine).read(Path(sys.argv[2]))
except UnreadableTable as error:
    print("unreadable:", error)
finally:
    engine.close()
print(sorted(str(path.relative_to(small)) for path in small.rglob("*") if path.is_file()))
"""


def test_a_file_that_the_workers_disk_has_no_room_for_is_said_so_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    small, large = tmp_path / "small", tmp_path / "large.csv"
    small.mkdir()
    rows = (
        f"{number},{hash(number * 7919)},{number * 104729 % 999983}" for number in range(300_000)
    )
    large.write_text("a,b,c\n" + "\n".join(rows))
    run = f"mount -t tmpfs -o size=2m tmpfs '{small}' && exec '{sys.executable}' -c \"$0\" \"$@\""
    command = [*ON_A_SMALL_DISK, run, READ_ON_A_SMALL_DISK, str(small), str(large)]
    ended = subprocess.run(
        command, check=False, cwd=CHECKOUT, capture_output=True, text=True, timeout=120
    )
    said, left = ended.stdout.splitlines()
    assert said.startswith("unreadable:"), ended.stdout + ended.stderr
    assert left == "[]"
