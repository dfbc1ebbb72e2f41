"""Ingest: files that somebody else wrote as Parquet of our own, with their profiles.

This is the worker's side: it names what is to be read, has a jailed child read it (`intake/`) and
keeps what comes out. A file is read again only when its bytes change.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from shared.datasets import Column, Profile, Report
from worker.query.errors import UnreadableTable
from worker.query.helper import Helper
from worker.query.intake.job import CountRequest
from worker.query.intake.work import Format, ReadRequest
from worker.query.readings import alone, reading_folder, sweep

if TYPE_CHECKING:
    from worker.agent.context import StopSignal

#: What a file's name ends in, and how it is read.
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".xlsx": "excel",
}

#: Raise it when tables or profiles are made in another way: every file is then read again.
_FORMAT = 3
# Text may take more room in UTF-8 or unpacked than the file does; it may not be a bomb.
_GROWTH = 8
_LEAST_BYTES = 256 << 20
_UNIT = re.compile(r"\((?!\d+(?: ?[-\u2013] ?\d+)?\))([^()]{1,12})\)\s*$")

#: Hears the fraction that is done, 0 to 1.
Hear = Callable[[float], None]


@dataclass(frozen=True)
class Source:
    """What is to become the table `id`: one file, or the Parquet files of a folder."""

    id: str
    title: str
    name: str
    version: str
    format: Format
    paths: list[Path]

    @property
    def size_bytes(self) -> int:
        """The size of all files."""
        return sum(path.stat().st_size for path in self.paths)


class Readout(BaseModel):
    """A table that was read: its columns as (name, type), and what is told of the reading."""

    rows: int
    columns: list[tuple[str, str]]
    units: dict[str, str]
    problems: list[str]
    report: Report


class Ingest:
    """Reads tables into a data directory; `deadline_s` is the most that one step may take."""

    def __init__(
        self, data_dir: Path, helper: Helper, *, deadline_s: float, require_landlock: bool = True
    ) -> None:
        self._data_dir = data_dir
        self._helper = helper
        self.deadline_s = deadline_s
        self._require_landlock = require_landlock

    def table(self, source: Source) -> Path:
        """Where the rows of a source are, once they were read."""
        return self._tables(source.id) / f"{source.version}.parquet"

    def known(self, source: Source) -> Profile | None:
        """The profile of an earlier reading of the same bytes, under the source's present name."""
        kept = _kept(self.table(source).with_suffix(".json"))
        return kept and kept.model_copy(update={"source": source.name})

    def newest(self, dataset_id: str) -> Profile | None:
        """The profile of a table's last reading, whatever it was read from."""
        files = self._tables(dataset_id).glob("*.json")
        newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
        return next((kept for file in newest if (kept := _kept(file)) is not None), None)

    @contextmanager
    def reading(self, dataset_id: str) -> Iterator[Path]:
        """A folder for what is needed while a table is read; gone after the block."""
        tables = self._tables(dataset_id)
        tables.mkdir(parents=True, exist_ok=True)
        with reading_folder(tables) as folder:
            yield folder

    def read(self, source: Source, stop: StopSignal, hear: Hear) -> Readout:
        """Make the table; raises UnreadableTable, and what `stop` raises."""
        table = self.table(source)
        with self.reading(source.id) as folder:
            outputs = {name: folder / name for name in ("scratch", "text", "made")}
            for output in outputs.values():
                output.touch()
            request = ReadRequest(
                kind="read",
                format=source.format,
                sources=[str(path.resolve()) for path in source.paths],
                scratch=str(outputs["scratch"].resolve()),
                text=str(outputs["text"].resolve()),
                made=str(outputs["made"].resolve()),
                file_bytes=max(source.size_bytes * _GROWTH, _LEAST_BYTES),
                cpu_s=round(self.deadline_s * 2),
                require_landlock=self._require_landlock,
            )
            reply = self._work(cast("dict[str, Any]", request), stop, hear)
            outputs["made"].chmod(0o444)
            outputs["made"].replace(table)
        report = Report(
            format=source.format,
            bytes=source.size_bytes,
            understood=reply["understood"],
            rows_lost=reply["rows_lost"],
            rejected=reply["rejected"],
        )
        return Readout.model_validate({**reply, "report": report})

    def profile(self, source: Source, readout: Readout, stop: StopSignal, hear: Hear) -> Profile:
        """Count the table that `read` made, and keep what was found beside it."""
        table = self.table(source)
        request = CountRequest(
            kind="count",
            path=str(table.resolve()),
            columns=readout.columns,
            cpu_s=round(self.deadline_s * 2),
            require_landlock=self._require_landlock,
        )
        reply = self._work(cast("dict[str, Any]", request), stop, hear)
        columns = [_column(counted, readout.units) for counted in reply["columns"]]
        if not any(column.distinct for column in columns):
            raise UnreadableTable("it has no values.")
        profile = Profile(
            id=source.id,
            title=source.title,
            source=source.name,
            version=source.version,
            rows=readout.rows,
            columns=columns,
            sample=reply["sample"],
            problems=readout.problems,
            report=readout.report,
        )
        with self.reading(source.id) as folder:  # another worker may read the same table
            kept = folder / "profile"
            kept.write_text(json.dumps({"format": _FORMAT, "profile": profile.model_dump()}))
            kept.replace(table.with_suffix(".json"))
        return profile

    def whole(self, source: Source, stop: StopSignal) -> Profile:
        """The profile of a source, read and counted unless that was done before.

        Of workers that start together one reads it and the others wait for that: a table that is
        put in another's place could not be read by a jail that was let in to the one before.
        """
        known = self.known(source)
        if known is not None:
            return known
        with alone(self._tables(source.id)):
            known = self.known(source)
            if known is not None:
                return known
            return self.profile(source, self.read(source, stop, _nobody), stop, _nobody)

    def sweep(self) -> int:
        """Remove what workers left in the middle of reading, when they were killed; how much."""
        return sweep(self._data_dir / "tables")

    def keep(self, dataset_id: str, versions: set[str]) -> None:
        """Remove all other versions of a table."""
        for path in self._tables(dataset_id).glob("*.*"):
            if path.is_file() and path.stem not in versions:
                path.unlink(missing_ok=True)

    def _tables(self, dataset_id: str) -> Path:
        """Where all versions of a table are."""
        return self._data_dir / "tables" / dataset_id

    def _work(self, request: dict[str, Any], stop: StopSignal, hear: Hear) -> dict[str, Any]:
        try:
            reply = self._helper.work(request, stop, self.deadline_s, hear)
        except TimeoutError:
            raise UnreadableTable(f"reading it took longer than {self.deadline_s:g} s.") from None
        except ChildProcessError as error:
            raise UnreadableTable(f"it could not be read. {error}") from None
        if reply.get("reason") == "query_too_big":
            # The kernel ended the child, which cannot say why.
            raise UnreadableTable("reading it needs more memory or time than one file may use.")
        if "reason" in reply:
            raise UnreadableTable(reply["message"])
        return reply


def _kept(file: Path) -> Profile | None:
    """The profile that a reading left beside its table; None if it is gone or of another format."""
    try:
        kept = json.loads(file.read_text())
        if kept["format"] != _FORMAT or not file.with_suffix(".parquet").is_file():
            return None
        return Profile.model_validate(kept["profile"])
    except (OSError, ValueError, KeyError):
        return None


def file_source(path: Path) -> Source:
    """A file of the datasets directory; raises UnreadableTable if no id can be made of its name."""
    with path.open("rb") as file:
        version = hashlib.file_digest(file, "sha256").hexdigest()
    kind = FORMATS[path.suffix.lower()]
    return Source(slug(path.stem), titled(path.stem), path.name, version, kind, [path])


def folder_source(folder: Path) -> Source | None:
    """A folder whose files are all Parquet, as one table; None for any other folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths or any(path.suffix.lower() != ".parquet" for path in paths):
        return None
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(str(path.relative_to(folder)).encode() + b"\0")
            digest.update(hashlib.file_digest(file, "sha256").digest())
    name = f"{folder.name}/"
    return Source(
        slug(folder.name), titled(folder.name), name, digest.hexdigest(), "parquet", paths
    )


def slug(name: str) -> str:
    """A name as an id of a-z, 0-9 and hyphens; raises UnreadableTable when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if not made:
        raise UnreadableTable("its name has no letter or digit to make an id of; rename it.")
    return made


def titled(stem: str) -> str:
    """A file's name as a title."""
    words = re.sub(r"[-_\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def _column(counted: dict[str, Any], units: dict[str, str]) -> Column:
    unit = units.get(counted["name"])
    if unit is None and counted["type"] in {"integer", "number"}:
        found = _UNIT.search(counted["name"])
        unit = found.group(1) if found else None
    return Column.model_validate({**counted, "unit": unit})


def _nobody(_fraction: float) -> None:
    """Nobody listens."""
