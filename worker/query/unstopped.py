"""Work that nobody can stop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext


class Unstopped:
    """The stop signal of work that nobody can stop."""

    def check(self) -> None:
        """Go on."""

    def on_stop(self, callback: Callable[[], None]) -> AbstractContextManager[None]:  # noqa: ARG002 - the protocol's
        """Nothing to call back for."""
        return nullcontext()
