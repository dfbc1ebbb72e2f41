"""The seam to a language model: the one thing tests replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:  # the context holds a ChatModel, so at run time it imports this module
    from worker.agent.context import StopSignal

Parsed = TypeVar("Parsed", bound=BaseModel)


class ModelUnavailable(Exception):
    """A failure that may pass: 429, 5xx, time-out, cut connection.

    `reason` is a phrase that goes on "the model did not answer:"; `retry_after_s` is what the
    server asked for, or None.
    """

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class ModelRefused(Exception):
    """A failure that will not pass by itself: bad key, unknown model, or output never valid.

    The message is a phrase that goes on "the model could not help:".
    """


class ChatModel(Protocol):
    """A chat model, called synchronously; messages are OpenAI-style role/content dicts.

    Both calls raise ModelUnavailable or ModelRefused, and end with what `stop.check()` raises as
    soon as there is a stop, even while the server is silent.
    """

    name: str

    def parse(
        self,
        messages: list[dict[str, Any]],
        schema: type[Parsed],
        *,
        stop: StopSignal,
        check: Callable[[Parsed], object] | None = None,
    ) -> Parsed:
        """One structured reply, valid by `schema` and by `check`.

        `check` raises ValueError for what a schema cannot say; the model is shown the message of
        an invalid reply and may correct it twice.
        """

    def stream(self, messages: list[dict[str, Any]], *, stop: StopSignal) -> Iterator[str]:
        """The reply's text in pieces, as it arrives; it ends without an error only if whole."""
