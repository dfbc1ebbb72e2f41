"""Whole results as files: what is in them, when they are gone, and what a slow client holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import Any

import duckdb
import httpx2
import pandas as pd
import pytest

from shared import keys
from shared.datasets import Profile
from shared.errors import ReaderGone, Unavailable
from shared.events import EventType, body
from shared.exports import WINDOW, Exports, Order
from shared.jobs import Accepted
from tests.support.processes import wait_until
from tests.support.queries import Tables
from tests.support.scenes import Scene
from tests.support.stack import Person, Stack
from worker.exporter import Exporter
from worker.query.engine import QueryEngine

ROWS = 2_500
NAMES = ["=1+1", "@home", "-5 degrees", 'say "hi"', "a, b", "ß ☔", "plain"]


def frame() -> pd.DataFrame:
    """A table with more rows than an answer shows, and what files get wrong."""
    return pd.DataFrame(
        {
            "day": [f"2012-01-{1 + at % 28:02}" for at in range(ROWS)],
            "name": [NAMES[at % len(NAMES)] for at in range(ROWS)],
            "number": range(ROWS),
            "share": [at / 7 for at in range(ROWS)],
            "wet": [at % 2 == 0 if at % 3 else None for at in range(ROWS)],
        }
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryEngine]:
    made = QueryEngine(tmp_path_factory.mktemp("exports"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def profile(engine: QueryEngine, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    source = tmp_path_factory.mktemp("source") / "days.csv"
    frame().to_csv(source, index=False)
    return Tables(engine._data_dir, engine).read(source)


@pytest.fixture
def exporter(desk: Stack, engine: QueryEngine, profile: Profile) -> Iterator[Exporter]:
    """A worker's exporter, and nothing else of a worker."""
    desk.catalogue.publish([profile])
    folder = engine._data_dir / "files"
    made = Exporter(Exports(desk.store), desk.catalogue, engine, folder)
    made.start()
    yield made
    made.stop()
    assert list(folder.iterdir()) == [] if folder.exists() else True


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


def answered(
    desk: Stack, person: Person, profile: Profile, table: Any = None, sql: str = "", **plan: Any
) -> str:
    """A question answered by a plan; its answer shows the first rows of a longer table."""
    task_id: str = person.ask("How was it?")["task_id"]
    work = Scene(desk.jobs, desk.attempts, Accepted(task_id, "", known=False))
    claim = work.claimed()
    checkpoint = {"plan": {"dataset_id": profile.id, **plan} if plan else None, "statement": sql}
    work.write("planned", step="plan", result=json.dumps(checkpoint))
    shown = {"columns": ["x"], "rows": [[1]], "total_rows": ROWS, "truncated": True}
    result = {
        "answer": "So.",
        "table": table or shown,
        "data_summary": {"dataset_version": profile.version},
        "dataset": profile.id,
    }
    event = body(EventType.COMPLETED, "So.", {"result": result})
    desk.attempts.finish(claim.job, "succeeded", event)
    return task_id


def fetched(person: Person, task_id: str, what: str) -> httpx2.Response:
    response = person.http.get(f"/api/chat/result/{task_id}.{what}", timeout=90)
    assert response.status_code == 200, response.text
    return response


def refused(person: Person, path: str, status: int) -> dict[str, Any]:
    response = person.http.get(path, timeout=90)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    members: dict[str, Any] = response.json()
    return members


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def parquet(content: bytes, tmp_path: Any) -> Any:
    path = tmp_path / "file.parquet"
    path.write_bytes(content)
    return duckdb.connect().execute(f"SELECT * FROM read_parquet('{path}')")


def test_the_csv_has_every_row_in_order_with_numbers_in_full(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter
) -> None:
    task_id = answered(
        desk, person, profile, columns=["number", "share"], sort=[{"output": 0, "descending": True}]
    )
    response = fetched(person, task_id, "csv")
    assert response.headers["Content-Type"].startswith("text/csv")
    assert int(response.headers["Content-Length"]) == len(response.content)
    header, *found = rows(response.content)
    assert header == ["number", "share"]
    assert [int(number) for number, _ in found] == list(reversed(range(ROWS)))
    assert [float(share) for _, share in found] == [at / 7 for at in reversed(range(ROWS))]


def test_the_csv_keeps_to_rfc_4180_and_starts_no_formula(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter
) -> None:
    columns = ["name", "wet", "day"]
    task_id = answered(desk, person, profile, columns=columns, filters=[])
    content = fetched(person, task_id, "csv").content
    assert content.count(b"\r\n") == ROWS + 1
    assert content.count(b"\n") == ROWS + 1
    header, *found = rows(content)
    assert header == columns
    first = {name: wet for name, wet, _ in found[: len(NAMES)]}
    assert first == {
        "'=1+1": "",
        "'@home": "false",
        "'-5 degrees": "true",
        'say "hi"': "",
        "a, b": "true",
        "ß ☔": "false",
        "plain": "",
    }
    assert found[0][2] == "2012-01-01"


def test_the_parquet_is_typed_and_unchanged(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter, tmp_path: Any
) -> None:
    columns = ["day", "name", "number", "share", "wet"]
    task_id = answered(desk, person, profile, columns=columns, sort=[{"output": 2}])
    response = fetched(person, task_id, "parquet")
    assert response.headers["Content-Type"] == "application/vnd.apache.parquet"
    found = parquet(response.content, tmp_path)
    assert [(name, str(kind)) for name, kind, *_ in found.description] == [
        ("day", "DATE"),
        ("name", "VARCHAR"),
        ("number", "BIGINT"),
        ("share", "DOUBLE"),
        ("wet", "BOOLEAN"),
    ]
    listed = found.fetchall()
    assert [row[2] for row in listed] == list(range(ROWS))
    assert [row[3] for row in listed] == [at / 7 for at in range(ROWS)]
    assert {row[1] for row in listed} == set(NAMES)


def test_a_grouped_result_has_its_figures_and_groups(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter, tmp_path: Any
) -> None:
    """A limit, which may make the query count for itself, adds no column."""
    task_id = answered(
        desk,
        person,
        profile,
        group_by=[{"column": "name"}],
        aggregates=[{"function": "count"}],
        sort=[{"output": 1, "descending": True}],
        limit=3,
    )
    found = parquet(fetched(person, task_id, "parquet").content, tmp_path)
    assert len(found.description) == 2
    assert len(found.fetchall()) == 3
    assert [len(row) for row in rows(fetched(person, task_id, "csv").content)] == [2] * 4


def test_the_sql_of_a_model_gives_files_too_and_passes_the_guard_again(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter, tmp_path: Any
) -> None:
    sql = "SELECT name, number AS number, share * 2 AS number FROM days ORDER BY days.number DESC"
    task_id = answered(desk, person, profile, sql=sql)
    header, *found = rows(fetched(person, task_id, "csv").content)
    assert header[:2] == ["name", "number"]
    assert len(set(header)) == 3
    assert [int(row[1]) for row in found] == list(reversed(range(ROWS)))
    assert {row[0] for row in found} == {"'" + n if n[0] in "=@-" else n for n in NAMES}
    file = parquet(fetched(person, task_id, "parquet").content, tmp_path)
    assert [str(kind) for _, kind, *_ in file.description] == ["VARCHAR", "BIGINT", "DOUBLE"]
    bad = answered(desk, person, profile, sql="SELECT * FROM read_csv('/etc/passwd')")
    assert "Refused" in refused(person, f"/api/chat/result/{bad}.csv", 422)["detail"]


def test_a_result_that_was_shown_whole_needs_no_worker_and_no_log(
    desk: Stack, person: Person, profile: Profile
) -> None:
    """It is there as long as its conversation is, whatever became of the table."""
    table = {
        "columns": ["a", "=b"],
        "rows": [["=1", 0.1 + 0.2], [None, 12345678901234567890], [True, -1.5], ["x\ny", 1e-7]],
        "total_rows": 4,
        "truncated": False,
    }
    task_id = answered(desk, person, profile, table)
    for name in desk.store.keys(f"tailrace:job:{task_id}*"):
        desk.store.delete(name)
    content = fetched(person, task_id, "csv").content
    assert rows(content) == [
        ["a", "'=b"],
        ["'=1", "0.30000000000000004"],
        ["", "12345678901234567890"],
        ["true", "-1.5"],
        ["x\ny", "1e-07"],
    ]
    error = refused(person, f"/api/chat/result/{task_id}.parquet", 404)
    assert error["error"] == "No such file"


def test_a_result_whose_table_has_changed_is_gone_and_says_so(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter
) -> None:
    task_id = answered(desk, person, profile, columns=["number"])
    desk.catalogue.publish([profile.model_copy(update={"version": "1" * 64})])
    assert "ask again" in refused(person, f"/api/chat/result/{task_id}.csv", 410)["detail"]
    desk.catalogue.publish([])
    refused(person, f"/api/chat/result/{task_id}.parquet", 410)


def test_what_has_no_file_says_why(desk: Stack, person: Person, profile: Profile) -> None:
    running = person.ask("How wet?")["task_id"]
    refused(person, f"/api/chat/result/{running}.csv", 409)
    Scene(desk.jobs, desk.attempts, Accepted(running, "", known=False)).claimed()
    person.cancel(running)
    refused(person, f"/api/chat/result/{running}.csv", 409)
    task_id = answered(desk, person, profile, columns=["number"])
    for path in (f"{task_id}.xlsx", task_id, f"{task_id}.", ".csv", f"{task_id}:steps.csv"):
        refused(person, f"/api/chat/result/{path}", 404)
    failed = person.ask("How cold?")["task_id"]
    work = Scene(desk.jobs, desk.attempts, Accepted(failed, "", known=False))
    work.claim = desk.attempts.claim(failed, "w1")
    work.end("failed")
    assert refused(person, f"/api/chat/result/{failed}.csv", 404)["error"] == "No table"


def test_nobody_else_can_tell_that_a_result_exists(
    desk: Stack, person: Person, profile: Profile
) -> None:
    task_id = answered(desk, person, profile, columns=["number"])
    stranger = desk.person()
    for what in ("csv", "parquet"):
        theirs = refused(stranger, f"/api/chat/result/{task_id}.{what}", 404)
        assert theirs == refused(person, f"/api/chat/result/nope.{what}", 404)
    assert desk.store.llen(keys.EXPORTS) == 0


def test_a_plan_that_cannot_be_run_is_refused_with_the_reason(
    desk: Stack, person: Person, profile: Profile, exporter: Exporter
) -> None:
    task_id = answered(desk, person, profile, columns=["nowhere"])
    assert "nowhere" in refused(person, f"/api/chat/result/{task_id}.csv", 422)["detail"]
    odd = answered(desk, person, profile, colour="red")
    refused(person, f"/api/chat/result/{odd}.csv", 410)
    again = answered(desk, person, profile, columns=["number"])
    assert len(rows(fetched(person, again, "csv").content)) == ROWS + 1


class TestHandingOver:
    """The pieces of a file on their way: bounded, whole or not at all, and cleaned up."""

    @pytest.fixture
    def order(self) -> Order:
        return Order(id="0" * 24, owner="o", format="csv", query={}, dataset="d", version="v")

    def test_only_a_few_pieces_are_ever_on_the_way(self, desk: Stack, order: Order) -> None:
        """A file of any length waits for its reader, and stops when the reader has gone."""
        exports = Exports(desk.store)
        desk.store.set(keys.EXPORT_READER % order.id, 1)
        ended: list[str] = []

        def give() -> None:
            try:
                exports.hand_over(order, io.BytesIO(bytes(64 << 20)))
            except ReaderGone as error:
                ended.append(type(error).__name__)

        giving = Thread(target=give)
        giving.start()
        pieces = keys.EXPORT % order.id
        wait_until(lambda: int(desk.store.llen(pieces)) == WINDOW, "the window being full")
        for _ in range(3):
            desk.store.lpop(pieces)
            wait_until(lambda: int(desk.store.llen(pieces)) == WINDOW, "the next piece")
        desk.store.delete(keys.EXPORT_READER % order.id)
        giving.join(30)
        assert ended == ["ReaderGone"]
        assert desk.store.keys("tailrace:export*") == []

    def test_a_piece_that_came_twice_is_taken_once_and_a_lost_one_is_noticed(
        self, desk: Stack
    ) -> None:
        exports = Exports(desk.store)

        def served(numbers: list[int]) -> bytes:
            def serve() -> None:
                found: list[Order] = []
                wait_until(lambda: bool(extended(found, exports)), "an order")
                # A reader that noticed the loss has gone before the last pieces.
                with suppress(ReaderGone):
                    for number in numbers:
                        exports._give(found[0], number, b"d", b"%d" % number)
                    exports._give(found[0], numbers[-1] + 1, b"e", b"")

            serving = Thread(target=serve)
            serving.start()
            sink = io.BytesIO()
            try:
                exports.fetch("o", "csv", {}, "d", "v", sink)
            finally:
                serving.join()
            return sink.getvalue()

        assert served([0, 1, 1, 2, 2]) == b"012"
        with pytest.raises(Unavailable, match="lost"):
            served([0, 2])
        assert desk.store.keys("tailrace:export*") == []

    def test_an_order_nobody_waits_for_is_not_served(self, desk: Stack, order: Order) -> None:
        desk.store.rpush(keys.EXPORTS, order.model_dump_json())
        assert Exports(desk.store).next_order() is None
        assert desk.store.llen(keys.EXPORTS) == 0


def extended(found: list[Order], exports: Exports) -> list[Order]:
    order = exports.next_order()
    if order is not None:
        found.append(order)
    return found


def test_a_real_worker_makes_the_file_of_a_real_answer(stack: Stack, tmp_path: Any) -> None:
    """From the question to the file, over real processes; also when the log is gone."""
    person = stack.person()
    task = person.ask("Average precipitation by month", dataset="seattle-weather")
    result = person.finished(task["task_id"])["result"]
    for name in stack.store.keys(f"tailrace:job:{task['task_id']}*"):
        stack.store.delete(name)
    shown = result["table"]
    found = rows(fetched(person, task["task_id"], "csv").content)
    assert found[0] == shown["columns"]
    assert [float(row[1]) for row in found[1:]] == [row[1] for row in shown["rows"]]
    file = parquet(fetched(person, task["task_id"], "parquet").content, tmp_path)
    assert [name for name, *_ in file.description] == shown["columns"]
    assert [row[1] for row in file.fetchall()] == [row[1] for row in shown["rows"]]
    assert stack.store.keys("tailrace:export*") == []
