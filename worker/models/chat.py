"""The seam to a language model: the one thing tests replace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

Parsed = TypeVar("Parsed", bound=BaseModel)


class ModelUnavailable(Exception):
    """A failure that may pass: 429, 5xx, time-out, cut connection.

    `retry_after_s` is what the server asked for, or None.
    """

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class ModelRefused(Exception):
    """A failure that will not pass by itself: bad key, unknown model, or output never valid."""


class ChatModel(Protocol):
    """A chat model, called synchronously; messages are OpenAI-style role/content dicts."""

    name: str

    def parse(self, messages: list[dict[str, Any]], schema: type[Parsed], *, stop: Any) -> Parsed:
        """One structured reply, validated; raises ModelUnavailable or ModelRefused."""

    def stream(self, messages: list[dict[str, Any]], *, stop: Any) -> Iterator[str]:
        """The reply's text as it arrives; a stop closes the HTTP stream at once."""
