"""The engine: runs query plans over datasets, each in a jailed process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from shared.datasets import Profile
from worker.agent.results import QueryResult
from worker.query.compile import Query, compile_plan
from worker.query.errors import QueryError
from worker.query.export import ExportRequest
from worker.query.helper import Helper
from worker.query.locked import Reply, Request
from worker.query.plan import QueryPlan
from worker.query.reuse import Kept, Trials, of_plan, of_statement
from worker.query.shaping import counts, table_of, table_of_statement, whole_rows
from worker.query.trial import TrialRequest
from worker.query.tried import TRIED, read_tried, write_tried

if TYPE_CHECKING:
    from worker.agent.context import StopSignal

__all__ = ["QueryEngine", "QueryError", "table_path"]

#: The longest a query may take; the page has a Stop button for the impatient.
_DEADLINE_S = 30.0
#: Tables with at most so many rows can be looked at as a whole while a question is read.
SMALL_ROWS = 500
_SMALL_TABLES = 32
#: Of the time for trying plans, how much is over when no other one is begun.
_BEGUN = 0.8
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
        self._kept = Kept()
        self._small: dict[tuple[str, str], list[list[Any]]] = {}
        self._trials = Trials()

    def run(self, plan: QueryPlan, profile: Profile, stop: StopSignal) -> QueryResult:
        """The plan's result: at most 1,000 rows of JSON cells, and what was read for them.

        `summary["nulls_dropped"]` counts, for each column with a figure, the rows that passed the
        filters without a value, `summary["dropped"]` the rows that did not pass, by the first
        condition they failed; `summary["time_window"]` spans the dates of those that did. Raises
        QueryError, and what `stop.check` raises when stopped.
        """
        query = compile_plan(plan, profile)

        def asked() -> QueryResult:
            started = monotonic()
            reply = self._ask(self._request(query, profile), stop, self._deadline_s)
            elapsed_ms = (monotonic() - started) * 1000
            whole = whole_rows(plan, query, reply)
            used, nulls, dropped, window = counts(profile, query, reply)
            if whole is None and plan.limit is not None and not plan.group_by:
                whole = used
            return QueryResult(
                table=table_of(plan, profile, query, reply),
                rows_read=profile.rows,
                rows_used=used,
                whole_rows=whole,
                elapsed_ms=round(elapsed_ms, 1),
                summary={"nulls_dropped": nulls, "dropped": dropped, "time_window": window},
            )

        return self._kept.get(of_plan(plan, profile), asked)

    def run_statement(self, sql: str, profile: Profile, stop: StopSignal) -> QueryResult:
        """The result of SQL that a model wrote over the table named by the profile's id.

        It runs only if the guard lets it. `rows_used` is None, and `summary["limited"]` says that
        it cuts rows off itself. Raises QueryError, and what `stop.check` raises when stopped.
        """

        def asked() -> QueryResult:
            started = monotonic()
            reply = self._ask(self._statement(sql, profile), stop, self._deadline_s)
            return QueryResult(
                table=table_of_statement(reply),
                rows_read=profile.rows,
                rows_used=None,
                elapsed_ms=round((monotonic() - started) * 1000, 1),
                summary={"limited": reply["limited"]},
            )

        return self._kept.get(of_statement(sql, profile), asked)

    def export(
        self,
        plan: QueryPlan | str,
        profile: Profile,
        what: Literal["csv", "parquet"],
        made: Path,
        stop: StopSignal,
    ) -> None:
        """Write the whole result of a plan, or of a model's SQL, to the empty file `made`.

        Raises as `run` does.
        """
        query = compile_plan(plan, profile, counting=False) if isinstance(plan, QueryPlan) else None
        outputs = query.outputs if query else []
        request = ExportRequest(
            kind="export",
            path=self._table(profile),
            table=profile.id,
            sql=query.sql if query else str(plan),
            parameters=query.parameters if query else [],
            columns=[output.name for output in outputs],
            types=[output.type for output in outputs],
            buckets=[output.bucket for output in outputs] if query else None,
            format=what,
            made=str(made.resolve()),
            file_bytes=self._export_bytes,
            cpu_s=round(_EXPORT_S * 2),
            require_landlock=self._require_landlock,
        )
        self._ask(request, stop, _EXPORT_S)

    def small(self, profile: Profile, stop: StopSignal) -> list[list[Any]] | None:
        """All rows of a small table, as JSON cells; None for a larger one. Raises as `run` does.

        The rows of a few tables are kept, by version.
        """
        if profile.rows > SMALL_ROWS:
            return None
        key = (profile.id, profile.version)
        rows = self._small.get(key)
        if rows is None:
            rows = self.run(QueryPlan(dataset_id=profile.id), profile, stop).table.rows
            for old in list(self._small)[: max(0, len(self._small) - _SMALL_TABLES + 1)]:
                self._small.pop(old, None)
            self._small[key] = rows
        return rows

    def finds(
        self, plans: Sequence[QueryPlan], profile: Profile, stop: StopSignal, within_s: float
    ) -> list[bool]:
        """Whether each plan runs and finds something, tried out in one jailed child.

        What cannot be tried in time does not count as found; it is tried the next time. What was
        tried is kept by plan and version of the table. Raises what `stop` raises.
        """

        def ask(new: list[QueryPlan]) -> list[bool] | None:
            queries = [compile_plan(plan, profile, counting=False) for plan in new]
            request = TrialRequest(
                kind="try",
                until=monotonic() + within_s * _BEGUN,
                path=self._table(profile),
                table=profile.id,
                queries=[(query.sql, query.parameters) for query in queries],
                require_landlock=self._require_landlock,
            )
            try:
                return self.helper.work(request, stop, within_s).get("found")
            except (TimeoutError, ChildProcessError):
                return None

        try:
            return self._trials.of(plans, profile, ask)
        except QueryError:  # its rows are not here
            return [False] * len(plans)

    def finds_kept(
        self, plans: Sequence[QueryPlan], profile: Profile, stop: StopSignal, within_s: float
    ) -> list[bool]:
        """The same, kept beside the table's rows: no worker tries the same again."""
        file = table_path(self._data_dir, profile).with_suffix(TRIED)
        kept = read_tried(file)
        self._trials.learn(kept)
        found = self.finds(plans, profile, stop, within_s)
        known = self._trials.known(plans, profile)
        if known and not known.items() <= kept.items():
            write_tried(file, known)
        return found

    def close(self) -> None:
        """End the helper process; running queries end with it."""
        self.helper.close()

    def _table(self, profile: Profile) -> str:
        """The file with the table's rows; raises QueryError."""
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

    def _statement(self, sql: str, profile: Profile) -> Request:
        return Request(
            kind="query",
            path=self._table(profile),
            table=profile.id,
            sql=sql,
            parameters=[],
            buckets=None,
            counts_sql="",
            counts_parameters=[],
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
