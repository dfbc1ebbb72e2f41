"""What the supervisor prints: one line per event, each with the name of who said it."""

from __future__ import annotations

import os
from typing import TextIO

from cli.text import plain

_WIDTH = len("tailrace")
_COLOURS = {"tailrace": 1, "valkey": 35, "api": 36, "worker": 32, "flower": 33}


class Lines:
    """Writes prefixed lines; goes silent when nobody reads any more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def show(self, name: str, text: str) -> None:
        """One line of a program."""
        prefix = f"{name:<{_WIDTH}} |"
        if self._coloured:
            prefix = f"\x1b[{_COLOURS.get(name, 0)}m{prefix}\x1b[0m"
        try:
            self._stream.write(f"{prefix} {plain(text)}\n")
            self._stream.flush()
        except OSError:
            pass  # Nobody reads any more; the programs still have to be stopped in order.

    def say(self, text: str) -> None:
        """One line of our own."""
        self.show("tailrace", text)
