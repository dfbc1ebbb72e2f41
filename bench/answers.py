"""Planning, the cost of the jail, and a group-by over ten million rows against its peers.

    python -m bench.answers [--rows 10000000] [--runs 15] [--pandas PYTHON] [--json]

Every query has a plan of its own, so that no kept result is measured. Peers run the same group-by
over the same Parquet file, each in a fresh process that has its libraries loaded: DuckDB by itself;
pandas that reads the two columns from the file as the engine has to ("pandas_reads", with a PYTHON
that has pandas and pyarrow, which is no dependency of Tailrace); and pandas that was given the two
columns by DuckDB ("pandas_given"). Memory is the peak of the process that holds the rows.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from shared.datasets import Column, Profile
from shared.settings import CHECKOUT
from tests.agent.golden.demo import PENGUINS, UNEMPLOYMENT, WEATHER
from tests.support.queries import children, ingest_with
from worker.models.builtin.frame import Abstention
from worker.models.builtin.planner import plan_question
from worker.query.engine import QueryEngine, table_path
from worker.query.plan import QueryPlan
from worker.query.scan import scan
from worker.query.unstopped import Unstopped

GROUPS = 500
PEER = """
import resource, sys, time
path, how = sys.argv[1:]
if how != "pandas_reads":
    import duckdb
if how != "duckdb":
    import pandas
if how == "pandas_reads":
    import pyarrow.parquet
began = time.perf_counter()
if how == "duckdb":
    duckdb.sql(f"SELECT g, avg(x) FROM '{path}' GROUP BY 1 ORDER BY 1").fetchall()
elif how == "pandas_reads":
    frame = pandas.read_parquet(path, columns=["g", "x"])
    frame.groupby("g")["x"].mean()
else:
    frame = pandas.DataFrame(duckdb.sql(f"SELECT g, x FROM '{path}'").fetchnumpy())
    frame.groupby("g")["x"].mean()
took = time.perf_counter() - began
print(took * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def made(data_dir: Path, rows: int) -> Profile:
    """A table of so many rows in 500 groups, as an upload would have left it."""
    columns = [
        Column(name="g", type="integer", nulls=0, distinct=GROUPS, minimum=0, maximum=GROUPS - 1),
        Column(name="x", type="number", nulls=0, distinct=rows, minimum=0.0, maximum=1.0),
        Column(name="n", type="integer", nulls=0, distinct=rows, minimum=0, maximum=rows - 1),
    ]
    profile = Profile(
        id="big", title="Big", source="big", version="b" * 64, rows=rows, columns=columns, sample=[]
    )
    path = table_path(data_dir, profile)
    path.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT (hash(i) % {GROUPS})::BIGINT AS g, random() AS x, i AS n "
            f"FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return profile


def timed(run: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


@contextmanager
def watched(parent: int) -> Iterator[list[float]]:
    """The peak resident memory, in MiB, that children of a process reach while the block runs."""
    peaks, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            for pid in children(parent):
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                peak = next((x for x in status.splitlines() if x.startswith("VmHWM")), "VmHWM: 0")
                peaks[0] = max(peaks[0], int(peak.split()[1]) / 1024)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()


def overhead(engine: QueryEngine, profile: Profile, data_dir: Path, runs: int) -> dict[str, float]:
    """A small query in the jail and bare, alternating; the bare one connects anew, too."""
    path, jailed, bare = table_path(data_dir, profile), [], []

    def plain(least: float) -> None:
        with duckdb.connect() as connection:
            connection.execute(
                f"SELECT weather, avg(wind) FROM '{path}' WHERE wind > $1 GROUP BY 1", [least]
            ).fetchall()

    for at in range(runs + 3):
        least = at / 1000
        plan = QueryPlan.model_validate(
            {
                "dataset_id": profile.id,
                "filters": [{"column": "wind", "operator": "gt", "values": [least]}],
                "group_by": [{"column": "weather"}],
                "aggregates": [{"function": "mean", "column": "wind"}],
            }
        )
        pair = (
            timed(lambda plan=plan: engine.run(plan, profile, Unstopped())),  # type: ignore[misc]
            timed(lambda least=least: plain(least)),  # type: ignore[misc]
        )
        if at >= 3:
            jailed.append(pair[0])
            bare.append(pair[1])
    middle = statistics.median(one - other for one, other in zip(jailed, bare, strict=True))
    return {
        "jailed_p50_ms": statistics.median(jailed),
        "bare_p50_ms": statistics.median(bare),
        "overhead_p50_ms": middle,
    }


def big_group_by(
    engine: QueryEngine, profile: Profile, path: Path, runs: int, pandas: str | None
) -> dict[str, float]:
    """Ten million rows in 500 groups: the engine, bare DuckDB and pandas, in turn."""
    peers = {"duckdb": sys.executable, "pandas_given": sys.executable}
    if pandas is not None:
        peers["pandas_reads"] = pandas
    took: dict[str, list[float]] = {"engine": [], **{peer: [] for peer in peers}}
    memory = dict.fromkeys(took, 0.0)
    engine.run(QueryPlan(dataset_id="big", columns=["g"], limit=1), profile, Unstopped())
    (helper,) = children(os.getpid())
    for at in range(runs):
        plan = QueryPlan.model_validate(
            {
                "dataset_id": "big",
                "group_by": [{"column": "g"}],
                "aggregates": [{"function": "mean", "column": "x"}],
                "limit": GROUPS + at,
            }
        )
        took["engine"].append(
            timed(lambda plan=plan: engine.run(plan, profile, Unstopped()))  # type: ignore[misc]
        )
        for peer, python in peers.items():
            said = subprocess.run(
                [python, "-c", PEER, str(path), peer],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
            took[peer].append(float(said[0]))
            memory[peer] = max(memory[peer], float(said[1]))
    # Watching from outside takes time of the two cores: of a run that is not timed.
    with watched(helper) as peaks:
        engine.run(plan.model_copy(update={"limit": GROUPS - 1}), profile, Unstopped())
    memory["engine"] = peaks[0]
    found = {f"{name}_p50_ms": statistics.median(each) for name, each in took.items()}
    found |= {f"{name}_peak_mib": value for name, value in memory.items()}
    found["times_duckdb"] = found["engine_p50_ms"] / found["duckdb_p50_ms"]
    for peer in [peer for peer in peers if peer != "duckdb"]:
        found[f"times_faster_than_{peer}"] = found[f"{peer}_p50_ms"] / found["engine_p50_ms"]
        found[f"share_of_memory_{peer}"] = memory["engine"] / memory[peer]
    return found


def planning(profiles: dict[str, Profile]) -> dict[str, float]:
    """Milliseconds of the built-in planner per question, its vocabularies built."""
    asked = [
        *((profiles["seattle-weather"], question) for question, _ in WEATHER),
        *((profiles["penguins"], question) for question, _ in PENGUINS),
        *((profiles["unemployment-across-industries"], question) for question, _ in UNEMPLOYMENT),
    ]

    def plan(profile: Profile, question: str) -> None:
        with suppress(Abstention):
            plan_question(question, profile)

    for profile, question in asked[:: len(asked) // 6]:
        plan(profile, question)
    took = sorted(timed(lambda: plan(profile, question)) for profile, question in asked)  # noqa: B023
    return {
        "questions": len(took),
        "p50_ms": took[len(took) // 2],
        "p95_ms": took[-len(took) // 20],
    }


def wide(columns: int = 60, values: int = 1000) -> Profile:
    """A table of 100,000 rows and so many columns, whose texts have 50,000 different values."""
    rows = 100_000
    made = [
        Column(name="order date", type="date", nulls=0, distinct=1000, minimum="2020-01-01",
               maximum="2022-09-26"),
    ]  # fmt: skip
    for at in range(columns - 10):
        said = [f"{_WORDS[at % len(_WORDS)]} {n % 97} {_WORDS[n % 31]} {at}" for n in range(values)]
        made.append(
            Column(
                name=f"{_WORDS[at]} of {_WORDS[at + 7]}",
                type="text",
                nulls=0,
                distinct=values,
                values=said,
                top_values=[(said[0], 500)],
            )
        )
    made += [
        Column(
            name=f"{_WORDS[at + 60]} amount",
            type="number",
            nulls=0,
            distinct=rows,
            minimum=0.0,
            maximum=99.0,
        )
        for at in range(9)
    ]
    return Profile(
        id="wide-orders",
        title="Wide orders",
        source="w",
        version="w" * 64,
        rows=rows,
        columns=made,
        sample=[],
    )


#: Made-up words that look like words.
_WORDS = [f"{a}{b}{c}" for a in ("bel", "kor", "tal", "mir") for b in ("an", "or", "ix", "ut", "em")
          for c in ("to", "ra", "ne", "sk")]  # fmt: skip


def planning_wide(profile: Profile) -> dict[str, float]:
    """Milliseconds per question over the wide table: the first, then each of some others."""
    names = [column.name for column in profile.columns]
    texts = [column for column in profile.columns if column.values]
    asked = [
        f"average {names[-1]} by {texts[0].name}",
        "how many orders per year?",
        *(f"how many orders where {c.name} is {(c.values or [''])[3 * n]}"
          for n, c in enumerate(texts)),
        *(f"total {names[-2]} for {(c.values or [''])[7]} in 2021" for c in texts),
        *(f"which {c.name} has the highest {names[-3]}" for c in texts),
        *(f"how many oders had {c.name} of mistaken valeus" for c in texts),
    ]  # fmt: skip

    def plan(question: str) -> None:
        with suppress(Abstention):
            plan_question(question, profile)

    first = timed(lambda: plan(asked[0]))
    took = sorted(timed(lambda: plan(question)) for question in asked[1:])  # noqa: B023
    return {
        "values": float(sum(len(column.values or []) for column in profile.columns)),
        "first_ms": first,
        "questions": len(took),
        "p50_ms": took[len(took) // 2],
        "p95_ms": took[-len(took) // 20],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--pandas", help="a Python that has pandas and pyarrow")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        engine = QueryEngine(data_dir)
        found = scan(CHECKOUT / "data", ingest_with(engine, data_dir)).profiles
        profiles = {profile.id: profile for profile in found}
        big = made(data_dir, options.rows)
        results: dict[str, Any] = {
            "planning": planning(profiles),
            "planning over a wide table": planning_wide(wide()),
            "jail": overhead(engine, profiles["seattle-weather"], data_dir, options.runs),
            f"group-by over {options.rows:,} rows": big_group_by(
                engine, big, table_path(data_dir, big), options.runs, options.pandas
            ),
        }
        engine.close()
    if options.json:
        print(json.dumps(results))
        return
    for name, figures in results.items():
        print(name)
        for figure, value in figures.items():
            print(f"  {figure:26} {value:10,.2f}")


if __name__ == "__main__":
    main()
