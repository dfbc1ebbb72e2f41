"""How many streams may be open: per owner and per process. Beyond, a clear answer, not collapse."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from threading import Lock

from api.problems import Problem
from shared.settings import Settings

#: Descriptors kept for everything that is no stream.
SPARE_DESCRIPTORS = 200
OWNER_RETRY = {"Retry-After": "5"}
PROCESS_RETRY = {"Retry-After": "2"}


def raise_descriptor_limit() -> None:
    """Let this process open as many files as it is allowed to."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class OpenStreams:
    """The streams and waiting polls of one process, counted."""

    def __init__(self, settings: Settings) -> None:
        self._per_owner = settings.streams_per_owner
        self._per_process = settings.streams_per_process
        self._lock = Lock()
        self._total = 0
        self._of_owner: Counter[str] = Counter()

    def enter(self, owner: str) -> Callable[..., None]:
        """Count one more; call what is returned when it has ended.

        Raises Problem 429 when the owner has too many open, 503 when the process has.
        """
        with self._lock:
            if self._of_owner[owner] >= self._per_owner:
                detail = f"You have {self._per_owner} streams open; close one, or wait."
                raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers=OWNER_RETRY)
            if self._total >= self.most:
                detail = "This server has as many streams open as it can; try again shortly."
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=PROCESS_RETRY)
            self._of_owner[owner] += 1
            self._total += 1
        return _Leave(self, owner)

    @cached_property
    def most(self) -> int:
        """What the setting and the descriptors of this process allow, when the first comes."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return min(self._per_process, max(1, soft - SPARE_DESCRIPTORS))

    def leave(self, owner: str) -> None:
        """Count one less."""
        with self._lock:
            self._total -= 1
            self._of_owner[owner] -= 1
            if not self._of_owner[owner]:
                del self._of_owner[owner]


class _Leave:
    """Ends one count, once; takes and ignores the bytes a response ends with."""

    __slots__ = ("_owner", "_streams")

    def __init__(self, streams: OpenStreams, owner: str) -> None:
        self._streams: OpenStreams | None = streams
        self._owner = owner

    def __call__(self, _sent: int = 0) -> None:
        """The stream has ended."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams.leave(self._owner)
