"""The seam to a language model: the one thing tests replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel

from worker.agent.evidence import Usage

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


@dataclass(frozen=True)
class Spending:
    """What one attempt at a job may ask of a model, and what that costs per million tokens."""

    most_tokens: int = 50_000
    most_s: float = 60.0
    usd_per_million_in: float | None = None
    usd_per_million_out: float | None = None

    def usd(self, usage: Usage) -> float | None:
        """The price of some usage; None without prices, or when a server did not count."""
        prices = (self.usd_per_million_in, self.usd_per_million_out)
        if prices[0] is None or prices[1] is None or usage.unmetered_calls:
            return None
        return (usage.tokens_in * prices[0] + usage.tokens_out * prices[1]) / 1e6


@dataclass
class Meter:
    """What one attempt has asked of models, and what is left of its budget."""

    spending: Spending = field(default_factory=Spending)
    usage: Usage = field(default_factory=Usage)
    started: float = field(default_factory=monotonic)

    def left_s(self) -> float:
        """The time that is left for models; raises ModelRefused when nothing is left to spend."""
        most = self.spending.most_tokens
        if self.usage.tokens_in + self.usage.tokens_out >= most:
            raise ModelRefused(f"its budget of {most:,} tokens is used up")
        left = self.spending.most_s - (monotonic() - self.started)
        if left <= 0:
            raise ModelRefused(f"its {self.spending.most_s:g} s are used up")
        return left

    def add(self, tokens_in: int | None, tokens_out: int | None) -> None:
        """Count one call; None is what its server did not tell."""
        unknown = int(tokens_in is None or tokens_out is None)
        one = Usage(
            model_calls=1,
            tokens_in=tokens_in or 0,
            tokens_out=tokens_out or 0,
            unmetered_calls=unknown,
        )
        self.usage = self.usage.plus(one)


class ChatModel(Protocol):
    """A chat model, called synchronously; messages are OpenAI-style role/content dicts.

    Both calls count themselves in `meter`, raise ModelUnavailable or ModelRefused, also when
    nothing is left to spend, and end with what `stop.check()` raises as
    soon as there is a stop, even while the server is silent.
    """

    name: str
    spending: Spending

    def parse(
        self,
        messages: list[dict[str, Any]],
        schema: type[Parsed],
        *,
        stop: StopSignal,
        meter: Meter,
        check: Callable[[Parsed], object] | None = None,
    ) -> Parsed:
        """One structured reply, valid by `schema` and by `check`.

        `check` raises ValueError for what a schema cannot say; the model is shown the message of
        an invalid reply and may correct it twice.
        """

    def stream(
        self, messages: list[dict[str, Any]], *, stop: StopSignal, meter: Meter
    ) -> Iterator[str]:
        """The reply's text in pieces, as it arrives; it ends without an error only if whole."""
