"""What queries cannot do, however they come about, and how they are stopped."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from shared.attempts import CancelRequested
from shared.datasets import Profile
from tests.support.processes import CHECKOUT, wait_until
from tests.support.queries import DATA, Tables, children, queries_of
from tests.support.stop import HandStop
from worker.query.engine import table_path
from worker.query.guard import refusal
from worker.query.helper import Helper
from worker.query.plan import QueryPlan

#: Three billion rows: minutes of work that the guard has nothing against.
HEAVY = "SELECT sum(a.wind * b.wind + c.wind) FROM data a, data b, data c"
#: Long enough to be interrupted, short enough to wait for.
SLOW = "SELECT sum(a.wind * b.wind) FROM data a, data b, (SELECT * FROM data LIMIT 200) c"


@pytest.fixture
def helper() -> Iterator[Helper]:
    """A helper of the test's own."""
    made = Helper()
    yield made
    made.close()


@pytest.fixture
def weather(tables: Tables) -> Profile:
    """The table under attack."""
    return tables.demo("seattle-weather")[0]


WITHOUT_THE_GUARD = """
import sys
from pathlib import Path
from worker.query.jail import Limits, confine, limit
from worker.query.locked import connect

file, sql, connected_first = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "unlocked"
limit(Limits())
confine([file])
import duckdb
connection = duckdb.connect() if connected_first else connect(str(file), "data")
try:
    print("GOT", connection.execute(sql).fetchall())
except (duckdb.Error, MemoryError) as error:
    print("STOPPED", type(error).__name__)
"""

REACHING = [
    "SELECT content FROM read_text('/etc/hostname')",
    "SELECT content FROM read_text('/proc/{pid}/environ')",
    "COPY (SELECT 1) TO '{file}' (FORMAT parquet, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "ATTACH '{folder}/out.db'",
]


@pytest.mark.parametrize("locked", ["locked", "unlocked"])
@pytest.mark.parametrize("attack", REACHING)
def test_without_the_guard_the_kernel_still_keeps_every_other_file_out_of_reach(
    attack: str, locked: str, tables: Tables, weather: Profile, tmp_path: Path
) -> None:
    """Even on a connection that was never locked."""
    file = table_path(tables.data_dir, weather)
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    sql = attack.replace("{file}", str(file)).replace("{folder}", str(tmp_path))
    sql = sql.replace("{pid}", str(os.getpid()))
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_GUARD, str(file), sql, locked],
        check=False,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout.startswith("STOPPED"), ended.stdout + ended.stderr
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert list(tmp_path.iterdir()) == []


def test_what_plans_compile_to_passes_the_guard() -> None:
    """The guard is no obstacle to what people ask."""
    with duckdb.connect() as parser:
        sql = 'SELECT month("day") AS "month", avg("x") FROM "data" WHERE "t" IN ($1) GROUP BY 1'
        assert refusal(parser, sql, "data") is None
        assert refusal(parser, sql, "other") == 'it reads "data"'


def processes_of(tables_helper: Helper) -> list[int]:
    """The children that a helper runs at this moment."""
    process = tables_helper._process
    return children(process.pid) if process is not None else []


def test_a_stop_ends_a_running_query_and_its_process(
    helper: Helper, tables: Tables, weather: Profile
) -> None:
    """The step ends with the stop's own error."""
    stop = HandStop()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(helper.ask, tables.request(weather, HEAVY), stop, 60)
        wait_until(lambda: len(processes_of(helper)) == 1, "a child at work")
        stop.stop()
        with pytest.raises(CancelRequested):
            asked.result()
    wait_until(lambda: processes_of(helper) == [], "the end of the child")


def test_a_query_that_was_stopped_before_it_began_never_begins(
    helper: Helper, tables: Tables, weather: Profile
) -> None:
    """Not even the helper is started."""
    stop = HandStop()
    stop.stop()
    with pytest.raises(CancelRequested):
        helper.ask(tables.request(weather, HEAVY), stop, 60)
    assert helper._process is None


def test_the_deadline_ends_a_query_and_its_process(
    helper: Helper, tables: Tables, weather: Profile
) -> None:
    """Others go on."""
    with pytest.raises(TimeoutError):
        helper.ask(tables.request(weather, HEAVY), HandStop(), 1)
    wait_until(lambda: processes_of(helper) == [], "the end of the child")
    count = tables.request(weather, "SELECT count(*) FROM data")
    assert helper.ask(count, HandStop(), 20)["rows"] == [[weather.rows]]


def test_queries_run_side_by_side(helper: Helper, tables: Tables, weather: Profile) -> None:
    """Each gets its own reply; a heavy one holds up nobody."""
    stop = HandStop()
    with ThreadPoolExecutor(5) as pool:
        heavy = pool.submit(helper.ask, tables.request(weather, HEAVY), stop, 60)
        requests = [tables.request(weather, f"SELECT {number} FROM data") for number in range(12)]
        replies = list(pool.map(lambda one: helper.ask(one, HandStop(), 40), requests))
        assert not heavy.done()
        stop.stop()
        with pytest.raises(CancelRequested):
            heavy.result()
    assert [reply["rows"][0] for reply in replies] == [[number] for number in range(12)]


def test_a_helper_that_died_is_started_again(
    helper: Helper, tables: Tables, weather: Profile
) -> None:
    """Also when it dies under a query."""
    count = tables.request(weather, "SELECT count(*) FROM data")
    helper.ask(count, HandStop(), 20)
    first = helper._process
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    assert helper.ask(count, HandStop(), 20)["rows"] == [[weather.rows]]
    second = helper._process
    assert second is not None
    assert second is not first
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(helper.ask, tables.request(weather, SLOW), HandStop(), 60)
        wait_until(lambda: len(processes_of(helper)) == 1, "a child at work")
        os.kill(second.pid, signal.SIGKILL)
        assert len(asked.result()["rows"]) == 1


def test_a_query_that_is_killed_by_its_limits_is_not_tried_again(
    helper: Helper, tables: Tables, weather: Profile
) -> None:
    """Here by the hand of the test."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(helper.ask, tables.request(weather, HEAVY), HandStop(), 60)
        wait_until(lambda: len(processes_of(helper)) == 1, "a child at work")
        os.kill(processes_of(helper)[0], signal.SIGKILL)
        assert asked.result()["reason"] == "query_too_big"


def test_a_query_that_needs_too_much_memory_says_so(
    helper: Helper, tables: Tables, weather: Profile
) -> None:
    """A median keeps all its values: three billion do not fit into a gigabyte."""
    greedy = "SELECT median(a.wind) FROM data a, data b, data c"
    reply = helper.ask(tables.request(weather, greedy), HandStop(), 60)
    assert reply["reason"] == "query_too_big"


ORPHANED = """
import json
import sys
from tests.support.stop import HandStop
from worker.query.helper import Helper

Helper().ask(json.loads(sys.argv[1]), HandStop(), 60)
"""


def test_nothing_outlives_a_killed_worker(tables: Tables, weather: Profile) -> None:
    """Neither the helper nor a query that runs."""
    asked = json.dumps(tables.request(weather, HEAVY))
    worker = subprocess.Popen([sys.executable, "-c", ORPHANED, asked], cwd=CHECKOUT)
    try:
        wait_until(lambda: len(queries_of(worker.pid)) == 1, "a query at work")
        pids = [*children(worker.pid), *queries_of(worker.pid)]
        started = {pid: born(pid) for pid in pids}
    finally:
        worker.kill()
        worker.wait()
    # A number alone may be another process's by now.
    wait_until(
        lambda: not any(born(pid) == at for pid, at in started.items() if at), "the end of all"
    )


def born(pid: int) -> str | None:
    """When a process began, in ticks; None when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def test_the_secrets_of_the_worker_do_not_reach_the_helper(
    helper: Helper, tables: Tables, weather: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its environment is its own."""
    monkeypatch.setenv("TAILRACE_OPENAI_API_KEY", "sk-secret")
    helper.ask(tables.request(weather, "SELECT count(*) FROM data"), HandStop(), 20)
    assert helper._process is not None
    environment = Path(f"/proc/{helper._process.pid}/environ").read_bytes()
    assert environment == b"LANG=C.UTF-8\0"


def test_plans_cannot_carry_sql(tables: Tables, tmp_path: Path) -> None:
    """Hostile column names and values are only names and values."""
    path = tmp_path / "hostile.csv"
    hostile = 'x"; DROP VIEW hostile; --'
    path.write_text(f'"{hostile.replace(chr(34), chr(34) * 2)}",n\n"\'; SELECT 1; --",1\nplain,2\n')
    profile = tables.read(path)
    assert profile.columns[0].name == hostile
    result = tables.run(
        profile,
        group_by=[{"column": hostile}],
        aggregates=[{"function": "sum", "column": "n"}],
        filters=[{"column": hostile, "operator": "eq", "values": ["'; SELECT 1; --"]}],
    )
    assert result.table.rows == [["'; SELECT 1; --", 1]]
    assert QueryPlan(dataset_id=profile.id).limit is None
    assert (DATA / "seattle-weather.csv").is_file()
