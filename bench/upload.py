"""How long a large CSV takes to become a table, and how much memory that needs.

    python -m bench.upload [--mb 1000] [--json]

Makes a CSV of ten mixed columns, sends it to `POST /api/datasets` of a running product (its own
Valkey, API and worker) and follows the job's stream to its end, as a person would. The memory is
the proportional set size of a process and all that it started, sampled ten times a second: of the
worker with its query helper and jailed child, and of the API. Everything is removed at the end.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import duckdb

from bench.load.machine import pss_kib
from tests.support.rig import Rig
from tests.support.stack import Stack

#: Of a row, about.
ROW_BYTES = 107
TICK_S = 0.1
#: Until the API has taken a file; reading it has its own deadline in the product.
SEND_S = 600.0


def make(path: Path, megabytes: int) -> int:
    """Write the CSV; its number of rows."""
    rows = megabytes * 1_000_000 // ROW_BYTES
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


@contextmanager
def watched(pids: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """The most memory that each of some processes had in the block, in KiB, by name."""
    most, over = dict.fromkeys(pids, 0), Event()

    def watch() -> None:
        while not over.wait(TICK_S):
            for name, pid in pids.items():
                most[name] = max(most[name], pss_kib(pid))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def sent(stack: Stack, path: Path) -> dict[str, Any]:
    """Send the file and follow its job; the seconds of both, the messages and the report."""
    person = stack.person()
    began = monotonic()
    with path.open("rb") as content:
        response = person.http.post(
            "/api/datasets", files={"file": (path.name, content)}, timeout=SEND_S
        )
    assert response.status_code == 202, response.text
    accepted = monotonic()
    messages = list(person.stream(response.json()["task_id"]))
    last = messages[-1]
    assert last["type"] == "completed", last["content"]
    return {
        "send_s": round(accepted - began, 1),
        "table_s": round(monotonic() - accepted, 1),
        "messages": dict(Counter(message["type"] for message in messages)),
        "report": last["data"]["result"],
    }


def measured(folder: Path, megabytes: int) -> dict[str, Any]:
    """What one file of this size takes."""
    path = folder / "large.csv"
    rows = make(path, megabytes)
    rig = Rig(folder)
    try:
        processes = {"api": rig.stack.start_api(), "worker": rig.stack.start_worker()}
        with watched({name: one.popen.pid for name, one in processes.items()}) as most_kib:
            found = sent(rig.stack, path)
    finally:
        rig.stop()
    report = found.pop("report")
    assert (report["rows"], report["rows_lost"]) == (rows, 0), report
    memory = {f"{name}_mib": round(kib / 1024) for name, kib in most_kib.items()}
    return {"file_bytes": path.stat().st_size, "rows": rows, **found, **memory}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mb", type=int, default=1000, help="size of the file (1000)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tailrace-bench-upload-") as folder:
        found = measured(Path(folder), options.mb)
    print(json.dumps(found) if options.json else "\n".join(f"{k}: {v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
