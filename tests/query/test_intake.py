"""What is understood of people's files, what is told of the rest, and what hostile files do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shared.datasets import Profile
from tests.query.corpus import files
from tests.support.processes import wait_until
from tests.support.queries import Tables, children
from tests.support.stop import HandStop
from worker.query.errors import UnreadableTable
from worker.query.helper import Helper
from worker.query.ingest import Ingest, file_source, folder_source
from worker.query.scan import scan


class Desk:
    """Files are written and read here."""

    def __init__(self, tables: Tables, folder: Path) -> None:
        self._tables = tables
        self.folder = folder

    def read(self, name: str, content: str | bytes) -> Profile:
        """A file's table."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self._tables.read(path)

    def cells(self, profile: Profile) -> list[list[Any]]:
        """All rows of a table."""
        listed = self._tables.run(profile, columns=[c.name for c in profile.columns])
        rows: list[list[Any]] = listed.table.rows
        return rows


@pytest.fixture
def desk(tables: Tables, tmp_path: Path) -> Desk:
    return Desk(tables, tmp_path)


def types(profile: Profile) -> list[str]:
    return [column.type for column in profile.columns]


def told(profile: Profile) -> str:
    """All that is said of the reading, as one text."""
    assert profile.report is not None
    return " ".join([*profile.report.understood, *profile.problems])


@pytest.mark.parametrize(
    ("name", "content", "label"),
    [
        ("plain.csv", "name,n\nZoë,1\n".encode(), "UTF-8"),
        ("mark.csv", "name,n\nZoë,1\n".encode("utf-8-sig"), "UTF-8"),
        ("little.csv", "name,n\nZoë,1\n".encode("utf-16"), "UTF-16"),
        ("big.csv", b"\xfe\xff" + "name,n\nZoë,1\n".encode("utf-16-be"), "UTF-16"),
        ("unmarked.csv", "name,n\nZoë,1\n".encode("utf-16-le"), "UTF-16"),
        ("western.csv", "name,n\nZoë,1\n".encode("cp1252"), "Windows-1252"),
    ],
)
def test_encodings_are_understood_and_named(
    name: str, content: bytes, label: str, desk: Desk
) -> None:
    profile = desk.read(name, content)
    assert desk.cells(profile) == [["Zoë", 1]]
    assert [column.name for column in profile.columns] == ["name", "n"]
    assert label in told(profile)


def test_a_few_broken_bytes_do_not_change_the_rest(desk: Desk) -> None:
    content = "name,n\n" + "Zoë Müller,1\n" * 40
    profile = desk.read("damaged.csv", content.encode() + b"caf\xff,2\n")
    assert desk.cells(profile)[0] == ["Zoë Müller", 1]
    assert "1 byte" in told(profile)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_also_among_ragged_rows(delimiter: str, desk: Desk) -> None:
    text = "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n".replace(",", delimiter)
    profile = desk.read(f"by{ord(delimiter)}.csv", text)
    assert desk.cells(profile) == [[1, 2, 3], [10, 11, 12]]
    assert profile.report is not None
    assert profile.report.rows_lost == 2
    assert [(one.line, one.text) for one in profile.report.rejected] == [
        (3, f"4{delimiter}5"),
        (4, f"6{delimiter}7{delimiter}8{delimiter}9"),
    ]


def test_headers_that_are_empty_repeated_or_missing_get_names_and_a_word(desk: Desk) -> None:
    profile = desk.read("names.csv", "id,,Total,total, spaced  out \n1,2,3,4,5\n6,7,8,9,10\n")
    names = [column.name for column in profile.columns]
    assert names == ["id", "column 2", "Total", "total (2)", "spaced out"]
    assert "Column 2 has no name" in told(profile)
    assert 'More than one column is called "total"' in told(profile)
    bare = desk.read("bare.csv", "1,2\n3,4\n5,6\n")
    assert [column.name for column in bare.columns] == ["column 1", "column 2"]
    assert bare.rows == 3
    assert "no header" in told(bare)


def test_lines_before_the_header_are_skipped_with_a_word(desk: Desk) -> None:
    profile = desk.read("report.csv", "Sales report\n\nregion,amount\nnorth,1\nsouth,2\nwest,3\n")
    assert [column.name for column in profile.columns] == ["region", "amount"]
    assert "Skipped before the header: 2 lines" in told(profile)


@pytest.mark.parametrize(
    ("values", "kind", "first", "word"),
    [
        (["1", "2", "-3"], "integer", 1, ""),
        (["1.5", "2", "1e3"], "number", 1.5, ""),
        (["1,5", "2,25", "3"], "number", 1.5, "decimal point"),
        (["1.234,50", "2,5", "12.000"], "number", 1234.5, "dots were read as thousands"),
        (["$1.200", "$3", "$4"], "number", 1200.0, "$ was read as the unit"),
        (["12 %", "3%", "4,5%"], "number", 12.0, "% was read as the unit"),
        (["true", "False", "TRUE"], "boolean", True, ""),
        (["2024-01-31", "2024-02-29", "2024-03-01"], "date", "2024-01-31", ""),
        (["31.01.2024", "29.02.2024", "01.03.2024"], "date", "2024-01-31", ""),
        (["03/04/2024", "05/06/2024", "01/02/2024"], "date", "2024-03-04", "month/day/year"),
        (["13/04/2024", "05/06/2024", "01/02/2024"], "date", "2024-04-13", ""),
        (["13-04-2024", "05-06-2024", "01-02-2024"], "date", "2024-04-13", ""),
        (["03-04-2024", "05-06-2024", "01-02-2024"], "date", "2024-03-04", "month/day/year"),
        (["13-Apr-2024", "5-Jun-2024", "1-Feb-2024"], "date", "2024-04-13", ""),
        (["2023-11", "2024-01", "2024-02"], "date", "2023-11-01", "months were read as their"),
        (["Nov 2023", "Jan 2024", "May 2024"], "date", "2023-11-01", "months were read as their"),
        (["11/2023", "01/2024", "02/2024"], "date", "2023-11-01", "months were read as their"),
        (["2009-10", "2010-11", "2011-12"], "text", "2009-10", ""),
        (["2009/10", "2012/13", "1999/00"], "text", "2009/10", ""),
        (["13/04/2024 9:05", "05/06/2024 23:59"], "datetime", "2024-04-13 09:05:00", ""),
        (["3/4/2024 9:05 PM", "5/6/2024 1:00 AM"], "datetime", "2024-03-04 21:05:00", "month/day"),
        (["31.01.2024 10:30:15", "01.02.2024 00:00:00"], "datetime", "2024-01-31 10:30:15", ""),
        (["2024-01-31T10:30:00", "2024-01-31 11:00", "2024-01-31"], "datetime", None, ""),
        (["00501", "00544", "10001"], "text", "00501", ""),
        (["1", "NA", "-"], "integer", 1, "read as missing"),
        (["x", "NA", "-"], "text", "x", ""),
    ],
)
def test_types_are_those_that_all_values_have(
    values: list[str], kind: str, first: Any, word: str, desk: Desk
) -> None:
    """In a file whose values are separated by semicolons."""
    lines = "".join(f"{n};{value}\n" for n, value in enumerate(values))
    profile = desk.read("values.csv", f"n;v\n{lines}")
    assert types(profile)[1] == kind
    assert word in told(profile)
    if first is not None:
        assert desk.cells(profile)[0][1] == first


def test_a_column_that_is_almost_numbers_says_which_values_are_none(desk: Desk) -> None:
    lines = "".join(f"{n},{n}\n" for n in range(60))
    profile = desk.read("almost.csv", f"n,m\n{lines}TBD,1\n")
    assert types(profile) == ["text", "integer"]
    assert '"n" stays text: 1 of its 61 values are no number (“TBD”).' in profile.problems


def test_a_type_is_decided_by_all_rows_not_by_the_first(desk: Desk) -> None:
    lines = "".join(f"{n}\n" for n in range(60_000))
    assert types(desk.read("late.csv", f"n\n{lines}1.5\n")) == ["number"]
    assert types(desk.read("later.csv", f"n\n{lines}x\n")) == ["text"]


def test_json_lines_and_lists_are_tables(desk: Desk) -> None:
    lines = '{"a":1,"b":"x"}\nbroken\n{"c":{"d":[1]},"b":null,"a":2}\n[1]\n'
    profile = desk.read("lines.jsonl", lines)
    assert {column.name: column.type for column in profile.columns} == {
        "a": "integer",
        "b": "text",
        "c": "text",
    }
    rows = [dict(zip("abc", row, strict=True)) for row in desk.cells(profile)]
    assert rows == [{"a": 1, "b": "x", "c": None}, {"a": 2, "b": None, "c": '{"d":[1]}'}]
    assert profile.report is not None
    assert profile.report.rows_lost == 2
    listed = desk.read("list.json", '[{"day":"2024-01-02","n":1},{"day":"2024-01-03","n":2.5}]')
    assert desk.cells(listed) == [["2024-01-02", 1.0], ["2024-01-03", 2.5]]


def test_a_workbook_is_a_table(desk: Desk) -> None:
    sheet = files.cells(["name", "n", "share"], ["Zoë", 1, 0.5], ["a, b", 2, 1.25])
    profile = desk.read("book.xlsx", files.workbook(sheet))
    assert desk.cells(profile) == [["Zoë", 1, 0.5], ["a, b", 2, 1.25]]
    assert "Sheet: “One”." in told(profile)


def test_parquet_keeps_its_types_and_brotli_is_refused(desk: Desk, tmp_path: Path) -> None:
    with duckdb.connect() as plain:
        made = (
            "SELECT 1::TINYINT AS n, 1.5::FLOAT AS f, true AS b, DATE '2024-01-02' AS d, 'x' AS t"
        )
        plain.execute(f"COPY ({made}) TO '{tmp_path}/good.parquet' (FORMAT parquet)")
        plain.execute(
            f"COPY ({made}) TO '{tmp_path}/packed.parquet' (FORMAT parquet, COMPRESSION brotli)"
        )
    good = desk.read("typed.parquet", (tmp_path / "good.parquet").read_bytes())
    assert types(good) == ["integer", "number", "boolean", "date", "text"]
    with pytest.raises(UnreadableTable, match="Brotli"):
        desk.read("brotli.parquet", (tmp_path / "packed.parquet").read_bytes())


def test_a_folder_of_parquet_is_one_table(tables: Tables, tmp_path: Path) -> None:
    """Files may lack columns; another folder is no table, and says nothing."""
    folder = tmp_path / "sales"
    (folder / "2024").mkdir(parents=True)
    with duckdb.connect() as plain:
        plain.execute(f"COPY (SELECT 1 AS a) TO '{folder}/one.parquet'")
        plain.execute(f"COPY (SELECT 2 AS a, 'x' AS b) TO '{folder}/2024/two.parquet'")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"x")
    found = scan(tmp_path, tables.ingest)
    assert found.problems == []
    (profile,) = found.profiles
    assert (profile.id, profile.rows, types(profile)) == ("sales", 2, ["integer", "text"])
    before = folder_source(folder)
    (folder / "one.parquet").rename(folder / "three.parquet")
    after = folder_source(folder)
    assert before is not None
    assert after is not None
    assert before.version != after.version


def test_statistics_are_right(desk: Desk) -> None:
    lines = "".join(f"{n % 7},{'ab'[n % 2]},2024-01-{1 + n % 28:02}\n" for n in range(280))
    number, text, day = desk.read("stats.csv", f"n,t,d\n{lines}").columns
    assert (number.minimum, number.maximum, number.distinct, number.mean) == (0, 6, 7, 3.0)
    assert number.deviation == pytest.approx(2.0035, abs=1e-3)
    assert number.quantiles["0.5"] == 3
    assert sum(one.rows for one in number.histogram) == 280
    assert text.values == ["a", "b"]
    assert text.top_values == [("a", 140), ("b", 140)]
    assert (day.grain, day.minimum, day.maximum) == ("day", "2024-01-01", "2024-01-28")
    assert not number.estimated


@pytest.mark.parametrize("name", files.REFUSED)
def test_a_hostile_file_is_refused_with_its_reason_and_leaves_nothing(
    name: str, tables: Tables, tmp_path: Path
) -> None:
    """The worker is as it was, and its helper has no child left."""
    make, word = files.REFUSED[name]
    path = tmp_path / name
    path.write_bytes(make())
    source = file_source(path)
    with pytest.raises(UnreadableTable) as refused:
        tables.ingest.whole(source, HandStop())
    said = str(refused.value)
    assert word in said
    assert str(tmp_path) not in said
    assert len(said) < 500
    folder = tables.ingest.table(source).parent
    assert list(folder.glob("*")) + list(folder.glob(".*")) == []
    helper = tables.ingest._helper._process
    assert helper is not None
    wait_until(lambda: children(helper.pid) == [], "the end of the child")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("lying.xlsx", files.lying_zip),
        ("entities.xlsx", files.entities),
        ("far.xlsx", files.far_cell),
        ("nul.csv", lambda: b"a,b\n1,x\0y\n2,z\n"),
        ("deep.jsonl", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n"),
        ("formula.csv", lambda: b"a,b\n=cmd|' /C calc'!A0,1\n@SUM(A1),2\n"),
        ("names.csv", lambda: b'"x""; DROP TABLE source; --","\'); COPY (SELECT 1"\n1,2\n3,4\n'),
    ],
)
def test_a_file_with_a_trick_is_a_table_or_refused_and_nothing_else(
    name: str, make: Any, desk: Desk, tables: Tables
) -> None:
    """What there is of it can be asked about like any other table."""
    others = sorted(tables.data_dir.rglob("*.parquet"))
    before = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in others}
    try:
        profile = desk.read(name, make())
    except UnreadableTable as error:
        assert len(str(error)) < 500
    else:
        assert len(desk.cells(profile)) == profile.rows
        assert len(profile.model_dump_json()) < 100_000
    assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in others} == before


def test_without_landlock_nothing_is_read_unless_that_is_allowed(
    tmp_path: Path,
) -> None:
    """A helper on a kernel without it: the setting decides."""
    path = tmp_path / "plain.csv"
    path.write_text("a,b\n1,2\n")
    helper = Helper("tests.query.unlandlocked")
    try:
        strict = Ingest(tmp_path, helper, deadline_s=60)
        with pytest.raises(UnreadableTable, match="TAILRACE_REQUIRE_LANDLOCK"):
            strict.whole(file_source(path), HandStop())
        lenient = Ingest(tmp_path, helper, deadline_s=60, require_landlock=False)
        assert lenient.whole(file_source(path), HandStop()).rows == 1
    finally:
        helper.close()
