"""The engine: runs query plans over datasets, each in a jailed process of its own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from shared.datasets import Profile
from worker.agent.results import QueryResult, Table
from worker.query.compile import Query, compile_plan, side_names
from worker.query.errors import QueryError
from worker.query.export import ExportRequest
from worker.query.helper import Helper
from worker.query.locked import Reply, Request
from worker.query.plan import QueryPlan

if TYPE_CHECKING:
    from worker.agent.context import StopSignal

__all__ = ["QueryEngine", "QueryError", "table_path"]

#: The longest a query may take; the page has a Stop button for the impatient.
_DEADLINE_S = 30.0
#: The longest the file of a whole result may take, and the largest it may be.
_EXPORT_S = 40.0
_EXPORT_BYTES = 256 << 20


def table_path(data_dir: Path, profile: Profile) -> Path:
    """Where a dataset's rows are: Parquet of our own, one file per version of the source."""
    return data_dir / "tables" / profile.id / f"{profile.version}.parquet"


class QueryEngine:
    """One per worker process; any number of threads may use it at once.

    `require_landlock` False lets queries run on kernels without Landlock, with the other limits
    still in force.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        deadline_s: float = _DEADLINE_S,
        export_bytes: int = _EXPORT_BYTES,
        require_landlock: bool = True,
    ) -> None:
        self._data_dir = data_dir
        self._deadline_s = deadline_s
        self._export_bytes = export_bytes
        self._require_landlock = require_landlock
        #: What runs jailed children; ingest uses it too.
        self.helper = Helper()

    def run(self, plan: QueryPlan, profile: Profile, stop: StopSignal) -> QueryResult:
        """The plan's result: at most 1,000 rows of JSON cells, and what was read for them.

        `summary["nulls_dropped"]` counts, for each column with a figure, the rows that passed the
        filters without a value, `summary["dropped"]` the rows that did not pass, by the first
        condition they failed; `summary["time_window"]` spans the dates of those that did. Raises
        QueryError, and what `stop.check` raises when stopped.
        """
        query = compile_plan(plan, profile)
        started = monotonic()
        reply = self._ask(self._request(query, profile), stop, self._deadline_s)
        elapsed_ms = (monotonic() - started) * 1000
        whole = _whole(plan, query, reply)
        used, nulls, dropped, window = _read(profile, query, reply)
        if whole is None and plan.limit is not None and not plan.group_by:
            whole = used
        return QueryResult(
            table=_shaped(plan, profile, query, reply),
            rows_read=profile.rows,
            rows_used=used,
            whole_rows=whole,
            elapsed_ms=round(elapsed_ms, 1),
            summary={"nulls_dropped": nulls, "dropped": dropped, "time_window": window},
        )

    def export(
        self,
        plan: QueryPlan,
        profile: Profile,
        what: Literal["csv", "parquet"],
        made: Path,
        stop: StopSignal,
    ) -> None:
        """Write the plan's whole result to the empty file `made`; raises as `run` does."""
        query = compile_plan(plan, profile)
        request = ExportRequest(
            kind="export",
            path=self._table(profile),
            table=profile.id,
            sql=query.sql,
            parameters=query.parameters,
            columns=[output.name for output in query.outputs],
            types=[output.type for output in query.outputs],
            buckets=[output.bucket for output in query.outputs],
            format=what,
            made=str(made.resolve()),
            file_bytes=self._export_bytes,
            cpu_s=round(_EXPORT_S * 2),
            require_landlock=self._require_landlock,
        )
        self._ask(request, stop, _EXPORT_S)

    def close(self) -> None:
        """End the helper process; running queries end with it."""
        self.helper.close()

    def _table(self, profile: Profile) -> str:
        path = table_path(self._data_dir, profile)
        if not path.is_file():
            if profile.uploaded:
                removed = f"{profile.title} was removed before its rows were read."
                raise QueryError("dataset_removed", removed)
            raise QueryError(
                "table_missing",
                f"The rows of {profile.title} are not on this worker; restart it to read them.",
            )
        return str(path.resolve())

    def _request(self, query: Query, profile: Profile) -> Request:
        return Request(
            kind="query",
            path=self._table(profile),
            table=profile.id,
            sql=query.sql,
            parameters=query.parameters,
            buckets=[*(output.bucket for output in query.outputs), *([None] * query.whole)],
            counts_sql=query.counts_sql,
            counts_parameters=query.counts_parameters,
            require_landlock=self._require_landlock,
        )

    def _ask(self, request: Request | ExportRequest, stop: StopSignal, deadline_s: float) -> Reply:
        try:
            reply = self.helper.ask(request, stop, deadline_s)
        except TimeoutError:
            message = f"The query took longer than {deadline_s:g} s; narrow it down."
            raise QueryError("query_too_slow", message) from None
        except ChildProcessError as error:
            raise QueryError("query_failed", str(error)) from None
        if "reason" in reply:
            raise QueryError(reply["reason"], reply["message"])
        return reply


def _whole(plan: QueryPlan, query: Query, reply: Reply) -> int | None:
    """How many groups there are without the limit, taken off the rows; None if not counted."""
    if not query.whole:
        return None
    counts = [row.pop() for row in reply["rows"]]
    return counts[0] if counts else (0 if plan.limit else None)


def _read(
    profile: Profile, query: Query, reply: Reply
) -> tuple[int, dict[str, int], list[dict[str, Any]], dict[str, str] | None]:
    """How many rows were used, those without a value by column, what the others did not pass.

    And the oldest and newest date of those used. Without filters the profile knows it all.
    """
    date = query.timed
    if not reply["counts"]:
        nulls = {name: profile.column(name).nulls for name in query.measured}
        column = profile.column(date) if date else None
        ends = (column.minimum, column.maximum) if column else (None, None)
        return profile.rows, nulls, [], _window(date, *ends)
    used, *rest = reply["counts"]
    nulls = dict(zip(query.measured, rest, strict=False))
    rest = rest[len(query.measured) :]
    window = None
    if date is not None:
        window, rest = _window(date, *rest[:2]), rest[2:]
    left = [profile.rows, *rest, used]
    dropped = [
        {"reason": reason, "rows": before - after}
        for reason, (before, after) in zip(query.reasons, pairwise(left), strict=True)
    ]
    return used, nulls, dropped, window


def _window(column: str | None, first: Any, last: Any) -> dict[str, str] | None:
    if column is None or first is None or last is None:
        return None
    ends = [str(end).removesuffix(" 00:00:00") for end in (first, last)]
    return {"column": column, "from": ends[0], "to": ends[1]}


def _shaped(plan: QueryPlan, profile: Profile, query: Query, reply: Reply) -> Table:
    """The reply as a table; an ungrouped comparison gets a row per side."""
    outputs, rows, total = query.outputs, reply["rows"], reply["total_rows"]
    names, types = [o.name for o in outputs], [str(o.type) for o in outputs]
    units = [o.unit for o in outputs]
    if plan.compare is not None and not plan.group_by and rows:
        sides = (*side_names(plan.compare.left, plan.compare.right, profile), "difference")
        figures: list[Any] = rows[0]
        names = [
            "selection",
            *(names[at].removesuffix(f" {sides[0]}") for at in range(0, len(names), 3)),
        ]
        types, units = ["text", *types[::3]], [None, *units[::3]]
        rows = [[side, *figures[at::3]] for at, side in enumerate(sides)]
        total = len(rows)
    return Table(
        columns=names,
        rows=rows,
        total_rows=total,
        truncated=total > len(rows),
        types=types,
        units=units,
    )
