"""Whole results as files: CSV and Parquet (docs/api.md, "Downloads").

A result that the stored answer holds whole is written from it, with no worker and at any time. All
others are made anew by a worker, from the plan that was kept with the turn.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO, Any

from flask import Blueprint, Response

from api import auth
from api.problems import Problem
from api.services import services
from shared.csv_text import csv_text
from shared.errors import ExportFailed
from shared.exports import PIECE_BYTES, Format
from shared.keys import is_id
from shared.turns import Turn

TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}
#: The status of each reason of a worker; any other is a query that cannot be run.
STATUSES = {"gone": HTTPStatus.GONE, "table_missing": HTTPStatus.GONE}

blueprint = Blueprint("results", __name__)


@blueprint.get("/api/chat/result/<task_id>.<any(csv, parquet):what>")
def download(task_id: str, what: Format) -> Response:
    """The whole result of a task, not the rows that were shown of it."""
    turn = services().conversations.turn(task_id, auth.owner())
    if turn is None:
        detail = "There is no such task; its conversation may have been deleted, or is over."
        raise Problem(HTTPStatus.NOT_FOUND, detail, kind="unknown_task", error="Task not found")
    result = result_of(turn)
    table = result["table"]
    if what == "csv" and not table.get("truncated"):
        pieces = csv_text([table["columns"], *table["rows"]])
        return as_file(turn, what, pieces)
    query = turn.query
    if query is None:
        detail = "This table is no query's result; it can be had as CSV only."
        raise Problem(HTTPStatus.NOT_FOUND, detail, kind="csv_only", error="No such file")
    return fetched(turn, what, query, result)


def result_of(turn: Turn) -> dict[str, Any]:
    """A turn's result, which has a table; raises Problem 409 or 404."""
    if turn.final is None:
        detail = "The question is not answered yet; wait for its answer."
        raise Problem(HTTPStatus.CONFLICT, detail, kind="not_answered")
    result: dict[str, Any] = json.loads(turn.final)["data"].get("result") or {}
    if not result.get("table"):
        detail = "This question has no table as its answer."
        raise Problem(HTTPStatus.NOT_FOUND, detail, kind="no_table", error="No table")
    return result


def fetched(
    turn: Turn, what: Format, query: dict[str, Any] | str, result: dict[str, Any]
) -> Response:
    """The file that a worker makes; it is whole before the first byte leaves."""
    dataset = str(result.get("dataset") or "")
    version = str((result.get("data_summary") or {}).get("dataset_version", ""))
    made = services()
    if not made.downloads.acquire(blocking=False):
        detail = "Too many files are being fetched; try again shortly."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, kind="many_files")
    # Held by nothing but this descriptor: it goes with the request, or with this process.
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the response is
    try:
        made.exports.fetch(auth.owner(), what, query, dataset, version, spool)
        size = spool.tell()
    except BaseException as error:
        spool.close()
        made.downloads.release()
        if isinstance(error, ExportFailed):
            status = STATUSES.get(error.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
            raise Problem(status, str(error), kind=error.reason) from None
        raise
    spool.seek(0)
    response = as_file(turn, what, pieces_of(spool))
    response.content_length = size

    @response.call_on_close
    def let_go() -> None:
        spool.close()
        made.downloads.release()

    return response


def pieces_of(spool: IO[bytes]) -> Iterator[bytes]:
    """A file piece by piece, as fast as the client takes it."""
    while piece := spool.read(PIECE_BYTES):
        yield piece


def as_file(turn: Turn, what: Format, pieces: Iterator[bytes]) -> Response:
    """A response that browsers save under a name."""
    response = Response(pieces, content_type=TYPES[what])
    about = turn.dataset if turn.dataset and is_id(turn.dataset) else "result"
    name = f"{about}-{turn.id[:8]}.{what}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
