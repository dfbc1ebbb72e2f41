"""Folders of readers: kept for those who live, swept after those who were killed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.processes import CHECKOUT
from tests.support.queries import ingest_with
from worker.query.engine import QueryEngine
from worker.query.readings import reading_folder, sweep
from worker.query.scan import Found, scan

READER = """
import sys, time
from pathlib import Path
from worker.query.readings import reading_folder

with reading_folder(Path(sys.argv[1])) as folder:
    (folder / "scratch").write_text("half a file")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_what_a_killed_reader_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    table = tmp_path / "weather"
    table.mkdir()
    kept = table / "version.parquet"
    kept.touch()
    command = [sys.executable, "-c", READER, str(table)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        left = Path(reader.stdout.readline().strip())
        with reading_folder(table) as ours:
            assert sweep(tmp_path) == 0
            reader.kill()
            reader.wait()
            assert (left / "scratch").exists()
            assert sweep(tmp_path) == 1
            assert not left.exists()
            assert ours.is_dir()
        assert list(table.iterdir()) == [kept]
    assert sweep(tmp_path) == 0


def test_workers_that_start_together_offer_the_same_tables(tmp_path: Path) -> None:
    """They share a data directory; what one reads the others find."""
    files, data_dir = tmp_path / "files", tmp_path / "data"
    files.mkdir()
    for name in "abcdef":
        rows = "".join(f"{n},{name}{n % 7},2024-01-{1 + n % 28:02}\n" for n in range(2_000))
        (files / f"{name}.csv").write_text(f"number,text,day\n{rows}")

    def started(_: int) -> Found:
        engine = QueryEngine(data_dir, require_landlock=False)
        try:
            return scan(files, ingest_with(engine, data_dir))
        finally:
            engine.close()

    with ThreadPoolExecutor(3) as workers:
        found = list(workers.map(started, range(3)))
    assert [one.problems for one in found] == [[], [], []]
    assert [[profile.id for profile in one.profiles] for one in found] == [list("abcdef")] * 3
