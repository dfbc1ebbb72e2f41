"""A stop signal that a test gives by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.attempts import CancelRequested


class HandStop:
    """As a lease is to a step: checked by it, and given from another thread."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []
        self._stopped = False

    def check(self) -> None:
        """Raise CancelRequested once stopped."""
        if self._stopped:
            raise CancelRequested("The test stopped this.")

    @contextmanager
    def on_stop(self, callback: Callable[[], None]) -> Iterator[None]:
        """Call back when stopped; at once if that has happened."""
        self._callbacks.append(callback)
        if self._stopped:
            callback()
        try:
            yield
        finally:
            self._callbacks.remove(callback)

    def stop(self) -> None:
        """Have whatever runs end."""
        self._stopped = True
        for callback in tuple(self._callbacks):
            callback()
