"""Runs the programs of one machine: starts them, keeps them, stops them without losing a job.

One thread does it all, since the kernel ends a child when the *thread* that started it ends.
"""

from __future__ import annotations

import selectors
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cli.child import Child
from cli.errors import CommandError
from cli.lines import Lines

_TICK_S = 0.05
#: Ends in a row, before anything was ever ready, that mean it never will be.
_HOPELESS = 3
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps children running until a signal asks for the end; a second signal asks for haste."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._selector = selectors.DefaultSelector()
        self._children: list[Child] = []
        self._asked = 0
        self._stopping = False
        self._settled = False

    @property
    def asked_to_hurry(self) -> bool:
        """Whether a second signal came."""
        return self._asked > 1

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within it, signals are requests to stop."""
        before = {number: signal.signal(number, self._hear) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, child: Child) -> None:
        """Run a child and keep it running from now on; not when asked to stop."""
        if self._asked:
            return
        if child not in self._children:
            self._children.append(child)
        child.start()
        self._selector.register(child.output, selectors.EVENT_READ, child)

    def settle(self, welcome: str) -> None:
        """All are ready: say so; from now on a child that ends is always started again."""
        if not self._asked:
            self._settled = True
            self._lines.say(welcome)

    def tend(self, until: Callable[[], bool]) -> None:
        """Look after the children until `until`, or a request to stop.

        Raises CommandError when a child does not come up at all.
        """
        while not self._asked and not until():
            self._tick()

    def stop(self, order: Sequence[Child]) -> None:
        """End the children one after the other, each within its grace; at once when hurried."""
        self._stopping = True
        for child in order:
            if child.running:
                self._lines.say(f"stopping {child.name}")
                child.terminate()
                self._wait_for(child)
        self._selector.close()

    def _wait_for(self, child: Child) -> None:
        until = time.monotonic() + child.grace_s
        while child.running:
            if self.asked_to_hurry or time.monotonic() > until:
                why = "as you asked" if self.asked_to_hurry else f"after {child.grace_s:.0f} s"
                self._lines.say(f"ending {child.name} at once, {why}")
                child.kill()
            self._tick()

    def _tick(self) -> None:
        """Pass on what was printed; notice who ended; start who is due."""
        for key, _ in self._selector.select(_TICK_S):
            self._pass_on(key.data, key.data.lines())
        for child in self._children:
            code = child.ended()
            if code is not None:
                self._after_end(child, code)
            elif child.due and not self._stopping:
                self.start(child)

    def _pass_on(self, child: Child, lines: list[str]) -> None:
        for line in lines:
            self._lines.show(child.name, line)

    def _after_end(self, child: Child, code: int) -> None:
        self._selector.unregister(child.output)
        self._pass_on(child, child.bury())
        if self._stopping:
            return
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        pause_s = child.postpone()
        if not self._settled and child.failures >= _HOPELESS:
            raise CommandError(f"{child.name} does not start ({how}): its lines above say why.")
        self._lines.say(f"{child.name} ended ({how}); starting it again in {pause_s:g} s")

    def _hear(self, *_: object) -> None:
        self._asked += 1
