"""Reading logs for those who follow them: many in one round trip."""

from __future__ import annotations

from typing import Protocol

import gevent
import structlog

from shared.errors import Unavailable
from shared.event_log import PAGE, EventLog

#: Logs, and events of all of them, that are read in one round trip.
MOST_LOGS = 50
MOST_EVENTS = 2_000
#: Pause before logs that could not be read are tried again; their viewers stay.
AGAIN_S = 1.0

log = structlog.get_logger("reader")


class Asker(Protocol):
    """Somebody who wants the rest of a log."""

    def asks(self) -> tuple[str, int] | None:
        """Which log, and the seq after which; None when it is not wanted any more."""

    def take(self, lines: list[bytes], limit: int) -> None:
        """What was found, as it is stored; `limit` is how much it could be."""

    def fail(self) -> None:
        """What was found cannot be used."""


class Reader:
    """Reads for everybody who asked in the same turn, and meanwhile lets others ask."""

    def __init__(self, event_log: EventLog) -> None:
        self._log = event_log
        self._asked: list[Asker] = []
        self._reading = False

    def want(self, asker: Asker) -> None:
        """Have it `take` the rest of its log."""
        self._asked.append(asker)
        if not self._reading:
            self._reading = True
            gevent.spawn(self._run)

    def _run(self) -> None:
        try:
            while self._asked:
                askers, self._asked = self._asked[:MOST_LOGS], self._asked[MOST_LOGS:]
                wanted = [(asker, place) for asker in askers if (place := asker.asks())]
                if wanted:
                    self._read(wanted)
        finally:
            self._reading = False

    def _read(self, wanted: list[tuple[Asker, tuple[str, int]]]) -> None:
        limit = min(PAGE, MOST_EVENTS // len(wanted))
        try:
            found = self._log.read_many([place for _, place in wanted], limit)
        except Unavailable:
            self._asked += [asker for asker, _ in wanted]
            gevent.sleep(AGAIN_S)
        except Exception:  # one log's failure is not another's: which one is it?
            if len(wanted) == 1:
                log.exception("a log could not be read")
                wanted[0][0].fail()
            else:
                for one in wanted:
                    self._read([one])
        else:
            for (asker, _), lines in zip(wanted, found, strict=True):
                self._hand(asker, lines, limit)

    def _hand(self, asker: Asker, lines: list[bytes], limit: int) -> None:
        try:
            asker.take(lines, limit)
        except Exception:  # one log's failure is not another's
            log.exception("a log could not be followed")
            asker.fail()
