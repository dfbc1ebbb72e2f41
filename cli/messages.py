"""The messages of a job as they come: read from a stream's bytes, each passed on once, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

Message = dict[str, Any]

TERMINAL = frozenset({"completed", "failed", "cancelled"})


class Interrupted(Exception):
    """A stream or a poll broke off; what was missed can be fetched again."""

    retry_after_s = 0.0


class Seen:
    """The position in a job's log up to which messages were passed on."""

    def __init__(self) -> None:
        self.cursor = ""
        self.ended = False
        self._epoch = ""
        self._seq = -1

    def next_of(self, messages: Iterator[Message]) -> Iterator[Message]:
        """Those that have not been passed on; raises Interrupted when some are missing."""
        return (message for message in messages if self.accept(message))

    def accept(self, message: Message) -> bool:
        """Whether this is the next message; raises Interrupted when some are missing before it."""
        epoch, _, number = str(message["id"]).rpartition("-")
        if epoch != self._epoch:
            self._epoch, self._seq = epoch, -1
        seq = int(number)
        if seq <= self._seq:
            return False
        if seq > self._seq + 1:
            raise Interrupted(f"messages before {message['id']} are missing")
        self.cursor, self._seq = str(message["id"]), seq
        self.ended = message["type"] in TERMINAL
        return True


def parse_events(chunks: Iterable[bytes]) -> Iterator[Message]:
    """The messages in the bytes of an event stream; one cut short is dropped.

    Named events are about the stream, not of the job: its messages tell the same by their ids.
    """
    data: list[bytes] = []
    named = False
    buffer = b""
    for chunk in chunks:
        # Not splitlines: a message may hold line separators of other alphabets.
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            text = line.rstrip(b"\r")
            if text.startswith(b"data:"):
                data.append(text[5:].removeprefix(b" "))
            elif text.startswith(b"event:"):
                named = True
            elif not text:
                if data and not named:
                    yield json.loads(b"\n".join(data))
                data, named = [], False
