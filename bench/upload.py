"""How long a large CSV takes to become a table, and how much memory that needs.

    python bench/upload.py [--mb 1000] [--json]

Makes a CSV of ten mixed columns in a temporary folder, reads and profiles it as a worker does, and
samples the memory (proportional set size) of this process, the query helper and its jailed child
together. Progress is what people would see. Everything is removed at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from worker.query.helper import Helper
from worker.query.ingest import Ingest, file_source
from worker.query.scan import Unstopped

_ROW_BYTES = 107
_TICK_S = 0.1


def make(path: Path, megabytes: int) -> int:
    """Write the CSV; its number of rows."""
    rows = megabytes * 1_000_000 // _ROW_BYTES
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT range AS id, TIMESTAMP '2015-01-01' + INTERVAL (range * 7) SECOND AS at, "
            "DATE '2015-01-01' + (range % 3000)::INT AS day, 'Store ' || (hash(range) % 500) AS "
            "store, ['red', 'green', 'blue'][(hash(range + 1) % 3)::INT + 1] AS colour, "
            "round((hash(range + 2) % 1000000) / 100.0, 2) AS price, (hash(range + 3) % 50)::INT "
            "AS quantity, md5(range::VARCHAR) AS reference, CASE WHEN range % 17 > 0 THEN "
            "(hash(range + 5) % 100) / 10.0 END AS rating, range % 3 = 0 AS member "
            f"FROM range({rows})) TO '{path}' (HEADER)"
        )
    return rows


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += tree(int(child))
    return found


def memory_bytes() -> int:
    """What this process and those it started take, shared pages counted once."""
    total = 0
    for pid in tree(os.getpid()):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def watched(work: Callable[[], None]) -> tuple[float, int]:
    """Seconds and peak memory of some work."""
    over, peak = Event(), [0]

    def watch() -> None:
        while not over.wait(_TICK_S):
            peak[0] = max(peak[0], memory_bytes())

    watcher = Thread(target=watch)
    watcher.start()
    began = monotonic()
    try:
        work()
    finally:
        over.set()
        watcher.join()
    return monotonic() - began, peak[0]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        rows = make(path, options.mb)
        helper = Helper()
        ingest = Ingest(Path(folder) / "data", helper, deadline_s=1800)
        source = file_source(path)
        said: list[float] = []
        result: dict[str, Any] = {"file_bytes": path.stat().st_size, "rows": rows}

        def read() -> None:
            result["read"] = ingest.read(source, Unstopped(), said.append)

        def profile() -> None:
            ingest.profile(source, result["read"], Unstopped(), said.append)

        read_s, read_peak = watched(read)
        profile_s, profile_peak = watched(profile)
        helper.close()
        assert result.pop("read").rows == rows
        result |= {
            "table_bytes": ingest.table(source).stat().st_size,
            "read_s": round(read_s, 1),
            "profile_s": round(profile_s, 1),
            "peak_bytes": max(read_peak, profile_peak),
            "times_progress_was_told": len(said),
        }
    print(
        json.dumps(result) if options.json else "\n".join(f"{k}: {v:,}" for k, v in result.items())
    )


if __name__ == "__main__":
    main()
