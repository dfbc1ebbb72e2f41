"""Ingest: files of the datasets directory as Parquet of our own, with their profiles.

A file is read again only when its bytes change; what people write about it in `<stem>.meta.json`
is merged in at every scan.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.datasets import Profile
from worker.query import profile as profiles
from worker.query.conditions import quoted
from worker.query.errors import UnreadableTable
from worker.query.readers import SUFFIXES, Source, read

#: Raise it when tables or profiles are made in another way: every file is then read again.
_FORMAT = 1
_MEMORY_LIMIT = "1GB"


class ColumnMeta(BaseModel):
    """What people say about one column."""

    model_config = ConfigDict(extra="forbid")

    description: str = ""
    unit: str | None = None


class Meta(BaseModel):
    """What people say about a table: the content of its `.meta.json`, all of it optional."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    description: str = ""
    columns: dict[str, ColumnMeta] = {}
    questions: list[str] = []


@dataclass(frozen=True)
class Found:
    """The datasets of a directory, and a sentence for everything that is wrong with it."""

    profiles: list[Profile]
    problems: list[str]


def scan(datasets_dir: Path, data_dir: Path) -> Found:
    """Ingest what is new or changed in `datasets_dir`; files that are no tables are problems."""
    if not datasets_dir.is_dir():
        return Found([], [f"The datasets directory {datasets_dir} does not exist; create it."])
    found: dict[str, Profile] = {}
    problems: list[str] = []
    for path in sorted(datasets_dir.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith(".") or not path.is_file():
            continue
        try:
            profile = ingest(path, data_dir)
        except (UnreadableTable, OSError) as error:
            problems.append(f"{path.name} is not offered: {error}")
            continue
        if profile.id in found:
            other = found[profile.id].source
            problems.append(f"{path.name} is not offered: its name is too like that of {other}.")
            continue
        profile, wrong = _with_meta(profile, path)
        found[profile.id] = profile
        problems += wrong + [f"{path.name}: {problem}" for problem in profile.problems]
    return Found(list(found.values()), problems)


def ingest(path: Path, data_dir: Path) -> Profile:
    """One file as `data_dir/tables/<id>/<version>.parquet`, and its profile.

    Raises UnreadableTable for a file that is no table, OSError for one that cannot be opened.
    """
    with path.open("rb") as file:
        version = hashlib.file_digest(file, "sha256").hexdigest()
    table = data_dir / "tables" / _slug(path) / f"{version}.parquet"
    cached = _cached(table, path)
    if cached is not None:
        return cached
    table.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=table.parent, prefix=".reading-") as folder:
        made = Path(folder) / "table.parquet"
        profile = _read(path, version, made, Path(folder))
        made.chmod(0o444)
        made.replace(table)
        kept = Path(folder) / "profile.json"
        kept.write_text(json.dumps({"format": _FORMAT, "profile": profile.model_dump()}))
        kept.replace(table.with_suffix(".json"))
    return profile


def _slug(path: Path) -> str:
    """A file's stem as an id of a-z, 0-9 and hyphens."""
    ascii_stem = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_stem.lower()).strip("-")
    if not slug:
        raise UnreadableTable("its name has no letter or digit to make an id of; rename it.")
    return slug


def _cached(table: Path, path: Path) -> Profile | None:
    """The profile of an earlier reading of the same bytes, under the file's present name."""
    try:
        kept = json.loads(table.with_suffix(".json").read_text())
        if kept["format"] != _FORMAT or not table.is_file():
            return None
        return Profile.model_validate(kept["profile"]).model_copy(update={"source": path.name})
    except (OSError, ValueError, KeyError):
        return None


def _read(path: Path, version: str, made: Path, folder: Path) -> Profile:
    # Large files go to a database file and spill to disk; memory stays bounded.
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY_LIMIT,
        "temp_directory": str(folder),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(folder / "reading.duckdb", config=config) as connection:
        source = read(connection, path)
        rows = _write(connection, source, made)
        if not rows:
            raise UnreadableTable("it has no rows.")
        connection.read_parquet(str(made)).create_view("made")
        columns = profiles.columns(connection, "made", source.columns)
        if not any(column.distinct for column in columns):
            raise UnreadableTable("it has no values.")
        return Profile(
            id=_slug(path),
            title=_title(path),
            source=path.name,
            version=version,
            rows=rows,
            columns=columns,
            sample=profiles.sample(connection, "made"),
            problems=source.problems,
        )


def _write(connection: duckdb.DuckDBPyConnection, source: Source, made: Path) -> int:
    """Write the typed columns as Parquet; the number of rows."""
    listed = ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in source.columns)
    select = f"SELECT {listed} FROM {source.relation}"  # noqa: S608 - names are quoted
    connection.sql(select).write_parquet(str(made), compression="zstd")
    counted = "SELECT num_rows FROM parquet_file_metadata($1)"
    return int(connection.execute(counted, [str(made)]).fetchall()[0][0])


def _title(path: Path) -> str:
    words = re.sub(r"[-_\s]+", " ", path.stem).strip()
    return words[:1].upper() + words[1:]


def _with_meta(profile: Profile, path: Path) -> tuple[Profile, list[str]]:
    """The profile with what people wrote about it, and what is wrong with that."""
    file = path.with_name(f"{path.stem}.meta.json")
    if not file.is_file():
        return profile, []
    try:
        meta = Meta.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        return profile, [f"{file.name} is not used: {where}: {first['msg']}."]
    names = {column.name for column in profile.columns}
    wrong = [
        f'{file.name} describes "{name}", which {profile.source} does not have.'
        for name in meta.columns
        if name not in names
    ]
    described = []
    for column in profile.columns:
        said = meta.columns.get(column.name, ColumnMeta())
        spoken = {"description": said.description, "unit": said.unit or column.unit}
        described.append(column.model_copy(update=spoken))
    update: dict[str, Any] = {
        "title": meta.title or profile.title,
        "description": meta.description,
        "columns": described,
        "questions": meta.questions,
    }
    return profile.model_copy(update=update), wrong
