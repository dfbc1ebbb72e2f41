"""People who come to watch at any time while things break: each must see exactly the log."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from threading import Thread

from shared.event_log import CAP, EventLog
from tests.support.viewers import TRANSPORTS, Viewer

#: How often an attempt is cut by the viewer itself.
ROUGH = 0.3


class Audience:
    """Watches jobs at random until told that there will be no more; on a thread of its own.

    `seats` watch at a time. `choose` gives a job and the cookie of its owner, None for none yet.
    """

    def __init__(
        self,
        port: int,
        choose: Callable[[random.Random], tuple[str, str] | None],
        seed: int,
        seats: int,
    ) -> None:
        self._port = port
        self._seats = seats
        self._choose = choose
        self._chance = random.Random(seed)
        self._viewers: list[Viewer] = []
        self._leaving = False
        self._thread = Thread(target=lambda: asyncio.run(self._watch()), name="audience")

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def leave(self) -> None:
        """See what is being watched to its end."""
        self._leaving = True
        self._thread.join()

    def complaints(self, log: EventLog) -> list[str]:
        """Who saw anything but the log."""
        found = []
        for viewer in self._viewers:
            account, kind = viewer.account, type(viewer).__name__
            if not account.is_of(log.read(viewer.job_id, -1, CAP)):
                found.append(f"{viewer.job_id}: {kind} saw something else than the log")
            if account.lost or account.repeated:
                amounts = f"lost {account.lost}, saw again {account.repeated}"
                found.append(f"{viewer.job_id}: {kind} {amounts}")
            if viewer.false_ends or viewer.resets:
                ends = f"{viewer.false_ends} false ends, {viewer.resets} resets"
                found.append(f"{viewer.job_id}: {kind} had {ends}")
        return found

    def __str__(self) -> str:
        kinds = Counter(type(viewer).__name__ for viewer in self._viewers)
        attempts = sum(viewer.attempts for viewer in self._viewers)
        events = sum(viewer.account.seq + 1 for viewer in self._viewers)
        return f"{dict(kinds)}, {attempts} connections, {events} events seen"

    async def _watch(self) -> None:
        await asyncio.gather(*(self._one_seat() for _ in range(self._seats)))

    async def _one_seat(self) -> None:
        while not self._leaving:
            chosen = self._choose(self._chance)
            if chosen is None:
                await asyncio.sleep(0.1)
                continue
            kind = self._chance.choice(TRANSPORTS)
            address = ("127.0.0.1", self._port)
            viewer = kind([address], chosen[1], chosen[0], self._chance, ROUGH)
            await viewer.run()
            self._viewers.append(viewer)
            await asyncio.sleep(self._chance.uniform(0, 0.5))
