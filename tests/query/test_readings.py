"""Folders of readers: kept for those who live, swept after those who were killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.processes import CHECKOUT
from worker.query.readings import reading_folder, sweep

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
