"""A strict reader of our Server-Sent Events: anything but the documented framing fails the test."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def read_sse(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The messages in a stream of bytes, as their blank lines arrive."""
    lines: list[bytes] = []
    buffer = b""
    for chunk in chunks:
        assert b"\r" not in chunk, "LF only"
        buffer += chunk
        *whole, buffer = buffer.split(b"\n")
        for line in whole:
            if line.startswith((b":", b"retry: ")):
                continue
            if line:
                lines.append(line)
                continue
            if lines[0].startswith(b"event: "):
                yield control(lines)
            else:
                yield message(lines)
            lines = []


def message(lines: list[bytes]) -> dict[str, Any]:
    """One block: exactly an id line and a data line that agree."""
    assert len(lines) == 2, lines
    assert lines[0].startswith(b"id: "), lines
    assert lines[1].startswith(b"data: "), lines
    found: dict[str, Any] = json.loads(lines[1][6:])
    assert found["id"] == lines[0][4:].decode()
    return found


def control(lines: list[bytes]) -> dict[str, Any]:
    """A named event, which is about the stream: its name as `control`, and its data."""
    assert len(lines) == 2, lines
    return {"control": lines[0][7:].decode(), **json.loads(lines[1].removeprefix(b"data: "))}
