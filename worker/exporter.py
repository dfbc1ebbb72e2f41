"""Makes files of whole results: one thread per worker process, beside the jobs.

A download is no job: whoever wants the file waits for it, and asks again if a worker dies. So it
needs neither log nor lease, and takes no job's place.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import structlog
from pydantic import ValidationError

from shared.attempts import Stopped
from shared.catalogue import Catalogue
from shared.errors import ExportFailed, ReaderGone, Unavailable
from shared.exports import Exports, Order
from worker.query.engine import QueryEngine, QueryError
from worker.query.plan import QueryPlan

_PAUSE_S = 1.0

log = structlog.get_logger("exporter")


class Exporter:
    """Takes orders, one at a time, until stopped."""

    def __init__(
        self, exports: Exports, catalogue: Catalogue, engine: QueryEngine, folder: Path
    ) -> None:
        self._exports = exports
        self._catalogue = catalogue
        self._engine = engine
        self._folder = folder
        self._halt = _Halt()
        self._thread = Thread(target=self._run, name="exporter", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, and drop the file under way."""
        self._halt.stop()
        self._thread.join()

    def _run(self) -> None:
        while not self._halt.stopped.is_set():
            try:
                order = self._exports.next_order()
                if order is not None:
                    self._serve(order)
            except (ReaderGone, Stopped):
                continue
            except Unavailable:
                self._halt.stopped.wait(_PAUSE_S)
            except Exception:  # the next order must be served
                log.exception("an export failed unexpectedly")

    def _serve(self, order: Order) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=f".{order.format}") as made:
            try:
                self._make(order, Path(made.name))
            except ExportFailed as error:
                self._exports.refuse(order, error)
                return
            # Opened anew: the child wrote to the path, not to our descriptor.
            with Path(made.name).open("rb") as file:
                self._exports.hand_over(order, file)

    def _make(self, order: Order, made: Path) -> None:
        profile = self._catalogue.get(order.dataset, order.owner)
        if profile is None or profile.version != order.version:
            message = "The table has changed since this was answered; ask again."
            raise ExportFailed("gone", message)
        try:
            query = order.query
            plan = query if isinstance(query, str) else QueryPlan.model_validate(query)
            self._engine.export(plan, profile, order.format, made, self._halt)
        except ValidationError:
            message = "This was answered by an earlier version of Tailrace; ask again."
            raise ExportFailed("gone", message) from None
        except QueryError as error:
            raise ExportFailed(error.reason, str(error)) from None


class _Halt:
    """Stops the query under way when the worker ends."""

    def __init__(self) -> None:
        self.stopped = Event()
        self._callbacks: list[Callable[[], None]] = []

    def check(self) -> None:
        """Raise Stopped once stopped."""
        if self.stopped.is_set():
            raise Stopped("This worker ends.")

    @contextmanager
    def on_stop(self, callback: Callable[[], None]) -> Iterator[None]:
        """Call back when stopped; at once if that has happened."""
        self._callbacks.append(callback)
        if self.stopped.is_set():
            callback()
        try:
            yield
        finally:
            self._callbacks.remove(callback)

    def stop(self) -> None:
        """Stop."""
        self.stopped.set()
        for callback in tuple(self._callbacks):
            callback()
