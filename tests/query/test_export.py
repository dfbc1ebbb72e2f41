"""Files of whole results: the same cells as an answer's table, and never too large."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from shared.csv_text import csv_text
from shared.datasets import Profile
from tests.support.queries import Tables
from tests.support.stop import HandStop
from worker.query.engine import QueryEngine, QueryError, table_path
from worker.query.export import ExportRequest
from worker.query.plan import QueryPlan

TIMES = """at,what,figure,wet
2012-01-01 00:30:00,a,1.5,true
2012-04-07 23:59:59,=b,-0.1,false
2012-12-30 12:00:00,-c,1e300,
2013-02-28 05:00:00,,1e-7,true
,"d, \"\"e\"\"",12345678.9,false
2013-02-28 05:10:00,é ☔,,true
"""
BUCKETS = ["year", "quarter", "month", "week", "day", "hour"]
RECURRING = ["month_of_year", "day_of_week", "hour_of_day"]


@pytest.fixture(scope="module")
def times(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    path = tmp_path_factory.mktemp("times") / "times.csv"
    path.write_text(TIMES)
    return tables.read(path)


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def exported(engine: QueryEngine, profile: Profile, folder: Path, what: Any, **plan: Any) -> bytes:
    made = folder / f"made.{what}"
    made.write_bytes(b"")
    typed = QueryPlan.model_validate({"dataset_id": profile.id, **plan})
    engine.export(typed, profile, what, made, HandStop())
    return made.read_bytes()


@pytest.mark.parametrize("bucket", [*BUCKETS, *RECURRING])
def test_periods_have_the_names_that_the_table_gives_them(
    bucket: str, tables: Tables, times: Profile, tmp_path: Path
) -> None:
    plan: dict[str, Any] = {
        "group_by": [{"column": "at", "bucket": bucket}],
        "aggregates": [{"function": "count"}, {"function": "max", "column": "figure"}],
    }
    table = tables.run(times, **plan).table
    shown = parsed(b"".join(csv_text([table.columns, *table.rows])))
    assert parsed(exported(tables._engine, times, tmp_path, "csv", **plan)) == shown


def test_cells_are_those_of_the_table(tables: Tables, times: Profile, tmp_path: Path) -> None:
    plan: dict[str, Any] = {"columns": ["at", "what", "figure", "wet"]}
    table = tables.run(times, **plan).table
    shown = parsed(b"".join(csv_text([table.columns, *table.rows])))
    content = exported(tables._engine, times, tmp_path, "csv", **plan)
    assert parsed(content) == shown
    assert [row[1] for row in shown[1:4]] == ["a", "'=b", "'-c"]
    assert content.count(b"\n") == content.count(b"\r\n") == len(table.rows) + 1


@pytest.mark.parametrize("what", ["csv", "parquet"])
def test_a_file_that_grows_too_large_is_refused_and_says_how_large_it_may_be(
    what: str, tables: Tables, times: Profile, tmp_path: Path
) -> None:
    strict = QueryEngine(tables.data_dir, export_bytes=100)
    try:
        with pytest.raises(QueryError, match="larger than"):
            exported(strict, times, tmp_path, what, columns=["at", "what", "figure"])
    finally:
        strict.close()
    assert (tmp_path / f"made.{what}").stat().st_size <= 100


@pytest.mark.parametrize(
    "sql",
    ["COPY data TO '/tmp/x'", "SELECT 1) TO '/tmp/x' (FORMAT csv)--", "SELECT getenv('HOME')"],
)
def test_the_file_is_written_by_no_other_sql_than_a_query(
    sql: str, tables: Tables, times: Profile, tmp_path: Path
) -> None:
    made = tmp_path / "made.csv"
    made.touch()
    reply = tables._engine.helper.ask(
        ExportRequest(
            kind="export",
            path=str(table_path(tables.data_dir, times)),
            table="data",
            sql=sql,
            parameters=[],
            columns=["x"],
            types=["text"],
            buckets=[None],
            format="csv",
            made=str(made),
            file_bytes=1 << 20,
            cpu_s=60,
            require_landlock=True,
        ),
        HandStop(),
        60,
    )
    assert reply["reason"] == "query_refused"
    assert made.read_bytes() == b""
