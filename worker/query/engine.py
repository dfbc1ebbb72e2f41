"""The engine: runs query plans over datasets, each in a jailed process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from shared.datasets import Profile
from worker.agent.results import QueryResult, Table
from worker.query.compile import Query, compile_plan, side_names
from worker.query.errors import QueryError
from worker.query.locked import Reply, Request
from worker.query.plan import QueryPlan

if TYPE_CHECKING:
    from worker.agent.context import StopSignal

__all__ = ["QueryEngine", "QueryError", "table_path"]

#: The longest a query may take; the page has a Stop button for the impatient.
_DEADLINE_S = 30.0
_CHUNK_BYTES = 1 << 16
_ROOT = Path(__file__).resolve().parents[2]


def table_path(data_dir: Path, profile: Profile) -> Path:
    """Where a dataset's rows are: Parquet of our own, one file per version of the source."""
    return data_dir / "tables" / profile.id / f"{profile.version}.parquet"


class QueryEngine:
    """One per worker process; any number of threads may use it at once.

    `require_landlock` False lets queries run on kernels without Landlock, with the other limits
    still in force.
    """

    def __init__(
        self, data_dir: Path, *, deadline_s: float = _DEADLINE_S, require_landlock: bool = True
    ) -> None:
        self._data_dir = data_dir
        self._deadline_s = deadline_s
        self._require_landlock = require_landlock
        self._helper = _Helper()

    def run(self, plan: QueryPlan, profile: Profile, stop: StopSignal) -> QueryResult:
        """The plan's result: at most 1,000 rows of JSON cells, and what was read for them.

        `summary["nulls_dropped"]` counts, for each column with a figure, the rows that passed the
        filters without a value. Raises QueryError, and what `stop.check` raises when stopped.
        """
        query = compile_plan(plan, profile)
        started = monotonic()
        reply = self._ask(self._request(query, profile), stop)
        elapsed_ms = (monotonic() - started) * 1000
        table, types = _shaped(plan, profile, query, reply)
        used, *nulls = reply["counts"]
        return QueryResult(
            table=table,
            column_types=types,
            rows_read=profile.rows,
            rows_used=used,
            elapsed_ms=round(elapsed_ms, 1),
            summary={"nulls_dropped": dict(zip(query.measured, nulls, strict=True))},
        )

    def close(self) -> None:
        """End the helper process; running queries end with it."""
        self._helper.close()

    def _request(self, query: Query, profile: Profile) -> Request:
        path = table_path(self._data_dir, profile)
        if not path.is_file():
            raise QueryError(
                "table_missing",
                f"The rows of {profile.title} are not on this worker; restart it to read them.",
            )
        return Request(
            path=str(path.resolve()),
            table=profile.id,
            sql=query.sql,
            parameters=query.parameters,
            buckets=[output.bucket for output in query.outputs],
            counts_sql=query.counts_sql,
            counts_parameters=query.counts_parameters,
            require_landlock=self._require_landlock,
        )

    def _ask(self, request: Request, stop: StopSignal) -> Reply:
        stop.check()
        with self._helper.child() as child, stop.on_stop(lambda: _hang_up(child)):
            answered = _exchange(child, request, monotonic() + self._deadline_s)
        stop.check()
        if answered is None:
            seconds = f"{self._deadline_s:.0f}"
            message = f"The query took longer than {seconds} s; narrow it down with a filter."
            raise QueryError("query_too_slow", message)
        if not answered:
            message = "The query needed more memory or time than one query may use; narrow it down."
            raise QueryError("query_too_big", message)
        reply: Reply = json.loads(answered)
        if "reason" in reply:
            raise QueryError(reply["reason"], _explained(reply))
        return reply


class _Helper:
    """The query helper process, started on first use and again whenever it is gone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def child(self) -> socket.socket:
        """A fresh child's socket; closing it kills the child."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._started(), [b"q"], [theirs.fileno()])
            except OSError:
                self._stop()
                socket.send_fds(self._started(), [b"q"], [theirs.fileno()])
        return ours

    def close(self) -> None:
        """End the process, and with it every query."""
        with self._lock:
            self._stop()

    def _started(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._stop()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "worker.query.zygote"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                # No keys or passwords of ours in a process that runs queries.
                env={"LANG": "C.UTF-8"},
                # The terminal's Ctrl-C must not end queries of jobs that may still finish.
                start_new_session=True,
            )
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


def _hang_up(child: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        child.shutdown(socket.SHUT_RDWR)


def _exchange(child: socket.socket, request: Request, deadline: float) -> bytes | None:
    """The reply's bytes; empty when the child was killed, None when the deadline passed."""
    received = bytearray()
    try:
        child.settimeout(max(deadline - monotonic(), 0.001))
        child.sendall(json.dumps(request).encode() + b"\n")
        while chunk := child.recv(_CHUNK_BYTES):
            received += chunk
            child.settimeout(max(deadline - monotonic(), 0.001))
    except TimeoutError:
        return None
    except OSError:
        return b""
    return bytes(received)


def _explained(reply: Reply) -> str:
    if reply["reason"] == "no_sandbox":
        return (
            "This machine cannot confine queries (its kernel has no Landlock), so none are run. "
            "Whoever runs it may allow that in the settings."
        )
    return reply["message"]


def _shaped(
    plan: QueryPlan, profile: Profile, query: Query, reply: Reply
) -> tuple[Table, list[str]]:
    """The reply as a table and its column types; an ungrouped comparison gets a row per side."""
    outputs, rows, total = query.outputs, reply["rows"], reply["total_rows"]
    names, types = [o.name for o in outputs], [str(o.type) for o in outputs]
    if plan.compare is not None and not plan.group_by and rows:
        sides = (*side_names(plan.compare.left, plan.compare.right, profile), "difference")
        figures: list[Any] = rows[0]
        names = [
            "selection",
            *(names[at].removesuffix(f" {sides[0]}") for at in range(0, len(names), 3)),
        ]
        types = ["text", *types[::3]]
        rows = [[side, *figures[at::3]] for at, side in enumerate(sides)]
        total = len(rows)
    return Table(columns=names, rows=rows, total_rows=total, truncated=total > len(rows)), types
