"""Parquet files in an object store are one table; what the store does is told, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from shared.datasets import Profile
from tests.support.object_store import BUCKET, ObjectStore, object_store
from tests.support.queries import Tables
from worker.query.scan import Found, scan

PREFIX = f"s3://{BUCKET}/sales/"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with object_store() as served:
        yield served


class Folder:
    """A datasets directory with one table that is elsewhere."""

    def __init__(self, path: Path, tables: Tables, store: ObjectStore) -> None:
        self.path = path
        self._tables = tables
        (path / "sales.store.toml").write_text(
            f'prefix = "{PREFIX}"\nendpoint = "{store.endpoint}"\nregion = "eu-north-1"\n'
        )

    def scan(self) -> Found:
        """Look at it anew."""
        return scan(self.path, self._tables.ingest)

    def table(self) -> Profile:
        """Its one table, with which nothing is wrong."""
        found = self.scan()
        assert found.problems == []
        (profile,) = found.profiles
        return profile


@pytest.fixture
def folder(tmp_path: Path, tables: Tables, store: ObjectStore) -> Folder:
    (tmp_path / "data").mkdir()
    return Folder(tmp_path / "data", tables, store)


def parquet(folder: Path, select: str) -> bytes:
    """A Parquet file of a query's rows."""
    path = folder / "made.parquet"
    with duckdb.connect() as plain:
        plain.execute(f"COPY ({select}) TO '{path}'")
    return path.read_bytes()


def test_a_prefix_of_an_object_store_is_one_table(
    folder: Folder, store: ObjectStore, tables: Tables, tmp_path: Path
) -> None:
    """Of several pages, with partitions, without what is beside it or no data."""
    store.objects = {
        "sales/one.parquet": parquet(tmp_path, "SELECT 1 AS a"),
        "sales/year=2024/two.parquet": parquet(tmp_path, "SELECT 2 AS a, 'x' AS b"),
        "sales/year=2024/ü 3.parquet": parquet(tmp_path, "SELECT 3 AS a, 'y' AS b"),
        "sales/_SUCCESS": b"",
        "sales/_tmp/part.parquet": b"half of a",
        "sales-of-others/a.parquet": parquet(tmp_path, "SELECT 4 AS a"),
    }
    (folder.path / "sales.meta.json").write_text('{"title": "Our sales"}')
    profile = folder.table()
    assert (profile.id, profile.title, profile.source) == ("sales", "Our sales", PREFIX)
    table = tables.run(profile, columns=["a", "b"]).table
    assert sorted(table.rows) == [[1, None], [2, "x"], [3, "y"]]
    assert list(tables.data_dir.glob("tables/sales/.reading-*")) == []


def test_it_is_fetched_again_only_when_something_changed(
    folder: Folder, store: ObjectStore, tmp_path: Path
) -> None:
    store.objects["sales/again.parquet"] = parquet(tmp_path, "SELECT 1 AS changing")
    first = folder.table()
    fetched = list(store.fetched)
    assert fetched == ["sales/again.parquet"]
    assert folder.table() == first
    assert store.fetched == fetched
    store.objects["sales/more.parquet"] = parquet(tmp_path, "SELECT 2 AS changing")
    second = folder.table()
    assert (second.rows, second.version == first.version) == (2, False)
    del store.objects["sales/more.parquet"]
    assert folder.table() == first


def test_while_the_store_is_away_the_table_stays_as_it_was_read_last(
    folder: Folder, store: ObjectStore, tmp_path: Path
) -> None:
    store.objects["sales/stays.parquet"] = parquet(tmp_path, "SELECT 1 AS staying")
    before = folder.table()
    store.refuse = "AccessDenied"
    found = folder.scan()
    assert found.profiles == [before]
    assert found.problems == [
        "sales.store.toml is offered as it was read last: the object store says AccessDenied."
    ]


def test_files_that_change_while_they_are_read_are_no_table(
    folder: Folder, store: ObjectStore, tmp_path: Path
) -> None:
    """Never half of the old and half of the new."""
    (folder.path / "sales.store.toml").rename(folder.path / "moving.store.toml")
    store.objects["sales/moves.parquet"] = parquet(tmp_path, "SELECT 1 AS moving")
    store.meanwhile["sales/moves.parquet"] = parquet(tmp_path, "SELECT 2 AS moving")
    found = folder.scan()
    assert found.profiles == []
    (problem,) = found.problems
    assert "changed while they were read" in problem
    assert folder.table().rows == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('prefix = "ftp://host/x/"', '"prefix" must be such as s3://bucket/folder/.'),
        ('prefix = "s3://key:secret@bucket/x/"', '"prefix" must be such as'),
        ('prefix = "memory:///x/"', '"prefix" must be such as'),
        ("prefix = s3", "it is no TOML"),
        ('prefix = "s3://bucket/x/"\nsecret = "s"', "secret: Extra inputs are not permitted."),
        ('prefix = "gs://bucket/x/"\nregion = "r"', "'region' is not valid for store 'GCS'"),
        (f'prefix = "s3://{BUCKET}/none/"\nendpoint = "ENDPOINT"', "there is no Parquet file"),
        ('prefix = "s3://bucket/x/"\nendpoint = "http://127.0.0.1:9"', "cannot be read"),
    ],
)
def test_a_place_that_cannot_be_read_is_named_with_the_reason(
    folder: Folder, store: ObjectStore, content: str, reason: str
) -> None:
    (folder.path / "sales.store.toml").unlink()
    (folder.path / "wrong.store.toml").write_text(content.replace("ENDPOINT", store.endpoint))
    found = folder.scan()
    assert found.profiles == []
    (problem,) = found.problems
    assert problem.startswith("wrong.store.toml is not offered: ")
    assert reason in problem
    assert "\n" not in problem
