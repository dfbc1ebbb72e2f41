"""Uploads: the pipeline that makes a table of a file: read, profile, publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

from pydantic import BaseModel

from shared.catalogue import Catalogue
from shared.datasets import Column, Profile, Rejected
from shared.events import EventType
from shared.uploads import Incoming, Upload
from worker.agent.context import StopSignal
from worker.agent.suggest import with_questions
from worker.query.engine import QueryEngine
from worker.query.errors import QueryError, UnreadableTable
from worker.query.ingest import FORMATS, Hear, Ingest, Readout, Source
from worker.steps import Done, Step

#: Progress is told no oftener: a log is for people to read.
_TELL_EVERY_S = 2.0
_GONE = "The table was removed while its new version was being read."


class UploadResult(BaseModel):
    """What became of a file: the table, and all that was understood, guessed and lost.

    `columns` are what the table has; `rejected` shows the first of the `rows_lost`.
    """

    type: Literal["dataset_report"] = "dataset_report"
    kind: Literal["dataset"] = "dataset"
    answer: str
    dataset: str
    title: str
    version: str
    rows: int
    columns: list[dict[str, Any]]
    understood: list[str]
    problems: list[str]
    rows_lost: int
    rejected: list[Rejected]
    suggestions: list[str]


@dataclass(frozen=True)
class UploadContext:
    """One attempt at one file."""

    upload: Upload
    owner: str
    incoming: Incoming
    ingest: Ingest
    engine: QueryEngine
    catalogue: Catalogue
    emit: Callable[[str, str, dict[str, Any]], None]
    stop: StopSignal

    @property
    def source(self) -> Source:
        """The file, as ingest takes it; raises QueryError when it is not here."""
        path, upload = self.incoming.path(self.upload), self.upload
        kind = FORMATS[path.suffix]
        return Source(upload.dataset_id, upload.title, upload.name, upload.version, kind, [path])


class Intake:
    """What a worker process has for making tables of files, and the tables there are."""

    def __init__(
        self, ingest: Ingest, engine: QueryEngine, incoming: Incoming, catalogue: Catalogue
    ) -> None:
        self.catalogue = catalogue
        self._ingest = ingest
        self._engine = engine
        self._incoming = incoming

    def context(
        self,
        upload: Upload,
        owner: str,
        emit: Callable[[str, str, dict[str, Any]], None],
        stop: StopSignal,
    ) -> UploadContext:
        """One attempt at one file of `owner`."""
        return UploadContext(
            upload,
            owner,
            self._incoming,
            self._ingest,
            self._engine,
            self.catalogue,
            emit,
            stop,
        )

    def clear(self, upload: Upload) -> None:
        """The file is needed no more."""
        self._incoming.clear(upload)


def _tell(ctx: UploadContext, step: str, doing: str) -> Hear:
    """Hears fractions and writes some of them to the log."""
    told_at = monotonic()

    def hear(fraction: float) -> None:
        nonlocal told_at
        if monotonic() - told_at >= _TELL_EVERY_S:
            told_at = monotonic()
            data = {"step": step, "fraction": fraction}
            ctx.emit(EventType.PROGRESS, f"{doing}: {fraction:.0%}", data)

    return hear


def read(ctx: UploadContext, done: Done) -> Readout:  # noqa: ARG001 - the first step
    """The file as a table of ours; raises QueryError when it is none."""
    if not ctx.incoming.path(ctx.upload).is_file():
        raise QueryError(
            "upload_missing",
            f"{ctx.upload.name} is not on this worker; all machines must share the data directory.",
        )
    try:
        return ctx.ingest.read(ctx.source, ctx.stop, _tell(ctx, "read", "Reading"))
    except UnreadableTable as error:
        raise _unreadable(ctx, error) from None


def profile(ctx: UploadContext, done: Done) -> Profile:
    """The statistics of the table."""
    readout = done["read"]
    assert isinstance(readout, Readout)  # noqa: S101 - the pipeline's order
    try:
        hear = _tell(ctx, "profile", "Counting")
        return ctx.ingest.profile(ctx.source, readout, ctx.stop, hear)
    except UnreadableTable as error:
        raise _unreadable(ctx, error) from None


def publish(ctx: UploadContext, done: Done) -> UploadResult:
    """The table, for its owner to ask about; what they said of an older version stays."""
    fresh = done["profile"]
    assert isinstance(fresh, Profile)  # noqa: S101 - the pipeline's order
    kept = {fresh.version}

    def changed(old: Profile | None) -> Profile:
        if old is None:
            if ctx.upload.replaces:
                raise QueryError("dataset_removed", _GONE)
            new = fresh.model_copy(update={"uploaded": True})
            return with_questions(new, ctx.engine, ctx.stop)
        kept.add(old.version)
        return with_questions(_succeeding(old, fresh), ctx.engine, ctx.stop)

    ready = ctx.catalogue.change(fresh.id, ctx.owner, changed)
    ctx.ingest.keep(fresh.id, kept)
    return _result(ready)


def _succeeding(old: Profile, fresh: Profile) -> Profile:
    """A new version with what people said about the old one."""
    said = {column.name: column for column in old.columns}
    columns = [_described(column, said.get(column.name)) for column in fresh.columns]
    update = {
        "uploaded": True,
        "title": old.title,
        "description": old.description,
        "synonyms": old.synonyms,
        "columns": columns,
    }
    return fresh.model_copy(update=update)


def _described(column: Column, old: Column | None) -> Column:
    if old is None:
        return column
    unit = old.unit if old.unit is not None else column.unit
    said = {"description": old.description, "unit": unit, "synonyms": old.synonyms}
    return column.model_copy(update=said)


def _result(ready: Profile) -> UploadResult:
    report = ready.report
    assert report is not None  # noqa: S101 - ingest makes one for every table
    lost = (
        f" Rows of the file that are not in it: {report.rows_lost:,}." if report.rows_lost else ""
    )
    return UploadResult(
        answer=f"{ready.title} is ready: {ready.rows:,} rows, {len(ready.columns)} columns.{lost}",
        dataset=ready.id,
        title=ready.title,
        version=ready.version,
        rows=ready.rows,
        columns=[
            column.model_dump(include={"name", "type", "unit", "nulls", "distinct"})
            for column in ready.columns
        ],
        understood=report.understood,
        problems=ready.problems,
        rows_lost=report.rows_lost,
        rejected=report.rejected,
        suggestions=ready.questions,
    )


def _unreadable(ctx: UploadContext, error: UnreadableTable) -> QueryError:
    return QueryError("unreadable_file", f"{ctx.upload.name} cannot be used: {error}")


def _told_read(ctx: UploadContext, result: Readout) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    lost = result.report.rows_lost
    text = f"Read {result.rows:,} rows and {len(result.columns)} columns"
    return f"{text}; {lost:,} rows do not fit" if lost else text, {
        "rows": result.rows,
        "columns": [list(column) for column in result.columns],
        "rows_lost": lost,
        "problems": result.problems,
    }


def _told_profile(ctx: UploadContext, result: Profile) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    count = len(result.columns)
    return f"Counted the values of {count} columns", {"columns": count}


def _told_publish(ctx: UploadContext, result: UploadResult) -> tuple[str, dict[str, Any]]:  # noqa: ARG001
    return f"{result.title} can be asked about", {"dataset": result.dataset}


STEPS: tuple[Step[UploadContext], ...] = (
    Step(
        "read",
        Readout,
        "table_read",
        lambda ctx, _: f"Reading {ctx.upload.name}…",
        read,
        _told_read,
    ),
    Step(
        "profile",
        Profile,
        "table_profiled",
        lambda *_: "Counting its values…",
        profile,
        _told_profile,
    ),
    Step(
        "publish",
        UploadResult,
        "table_published",
        lambda *_: "Publishing it…",
        publish,
        _told_publish,
    ),
)
