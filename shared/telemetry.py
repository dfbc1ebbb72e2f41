"""Logs: one readable line per event on standard output."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog


def configure_logging() -> None:
    """Set up structlog, and have other libraries' warnings look the same."""
    structlog.configure(
        processors=[
            structlog.processors.format_exc_info,
            rendered,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stdout,
        format="%(asctime)s [%(levelname)s] %(name)s: %(message)s",
        datefmt="%H:%M:%S",
    )


def rendered(_logger: object, level: str, event: MutableMapping[str, Any]) -> str:
    """The line of an event: time, level, sentence, what is bound, and below it a traceback.

    Every request writes one: structlog's own renderer, made for developers' eyes, takes ten times
    as long.
    """
    said, trace = str(event.pop("event")), event.pop("exception", "")
    below = f"\n{trace}" if trace else ""
    return _line(level, said, event) + below


def write_line(level: str, said: str, **bound: object) -> None:
    """Log without a logger in between, for what every request writes."""
    sys.stdout.write(f"{_line(level, said, bound)}\n")
    sys.stdout.flush()


def _line(level: str, said: str, bound: Mapping[str, object]) -> str:
    told = "".join([f" {name}={_shown(value)}" for name, value in bound.items()])
    said = said if said.isprintable() else repr(said)  # a path may hold a line feed
    return f"{time.strftime('%H:%M:%S')} [{level:<8}] {said}{told}"


def _shown(value: object) -> str:
    """Plain where it is one word, else quoted, so that a line stays one line."""
    text = str(value)
    return text if text.isalnum() or isinstance(value, int | float) else repr(text)
