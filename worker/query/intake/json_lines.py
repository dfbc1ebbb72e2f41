"""JSON: one object per line, or one list of objects; each key is a column."""

from __future__ import annotations

from pathlib import Path

from worker.query.intake.encodings import as_utf8
from worker.query.intake.forms import text_readings
from worker.query.intake.headers import MOST_COLUMNS, named
from worker.query.intake.readings import Reading
from worker.query.intake.work import PARSING, Unreadable, Work, many
from worker.query.sql import literal, quoted

_MOST_OBJECT_BYTES = 16 << 20
# Rows of one file mostly have the same keys; a file with more kinds of rows is no table.
_MOST_KEY_SETS = 10_000


def read(work: Work) -> list[Reading]:
    """The file as text columns in `work.request["text"]`; how its values may be read."""
    source = Path(work.request["sources"][0])
    path = as_utf8(source, Path(work.request["scratch"]), work.notes)
    lines = _first_byte(path) != "["
    work.notes.understood.append(
        "One JSON object per line." if lines else "One list of JSON objects."
    )
    objects = (
        f"read_json_objects({literal(str(path))}, "
        f"format = '{'newline_delimited' if lines else 'array'}', ignore_errors = {lines}, "
        f"maximum_object_size = {_MOST_OBJECT_BYTES})"
    )
    keys = _keys(work, objects)
    names = named(keys, work.notes)
    pointers = ", ".join(literal("/" + _pointer(key)) for key in keys)
    picked = ", ".join(f"v[{at}] AS {quoted(name)}" for at, name in enumerate(names, 1))
    select = (
        f"SELECT {picked} FROM (SELECT json_extract_string(json, [{pointers}]) AS v "  # noqa: S608 - quoted
        f"FROM {objects} WHERE json_type(json) = 'OBJECT')"
    )
    work.copy(select, work.request["text"], len(names), PARSING)
    return text_readings(decimal_comma=False)


def _keys(work: Work, objects: str) -> list[str]:
    """Every key of any object, those of most rows first; notes the rows that are no objects."""
    half = (PARSING[0], PARSING[1] / 2)
    with work.watched(half):
        sets = work.connection.execute(
            "SELECT CASE WHEN json_type(json) = 'OBJECT' THEN json_keys(json) END, count(*) "  # noqa: S608 - ours
            f"FROM {objects} GROUP BY 1 ORDER BY 2 DESC LIMIT {_MOST_KEY_SETS + 1}"
        ).fetchall()
    if len(sets) > _MOST_KEY_SETS:
        raise Unreadable("its objects have too little in common to be a table.")
    found: dict[str, None] = {}
    for keys, count in sets:
        if keys is None:
            work.notes.rows_lost = count
            lost = many(count, "line")
            work.notes.problems.append(f"Left out because they are no JSON objects: {lost}.")
        else:
            found |= dict.fromkeys(keys)
    if not found:
        raise Unreadable("it holds no JSON objects with keys.")
    if len(found) > MOST_COLUMNS:
        raise Unreadable(f"its objects have {len(found):,} different keys; that is no table.")
    return list(found)


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _first_byte(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(4096).lstrip()[:1]
