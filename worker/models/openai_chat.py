"""A chat model behind any server that speaks OpenAI's Chat Completions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from threading import Timer
from typing import Any, cast

import httpx2
from openai import BadRequestError, OpenAI, OpenAIError, UnprocessableEntityError
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel, SecretStr

from shared.settings import Settings
from worker.agent.context import StopSignal
from worker.models.chat import Meter, ModelRefused, ModelUnavailable, Parsed, Spending
from worker.models.line import Line
from worker.models.openai_errors import translated
from worker.models.structured import FORMATS, asked, correction, json_in, problem, response_format

#: How often a model may correct an invalid reply.
REPAIRS = 2

_OPENAI = "https://api.openai.com/v1"
_CONNECT_S = 5.0
# What a server without keys gets, as the SDK insists on one.
_NO_KEY = "none"
_MOST_CHARACTERS = 20_000


class OpenAIChat:
    """A model by name on one server; safe to use from many threads, a connection for each call.

    It never retries: when to try again is decided in one place, for the whole job.
    """

    def __init__(
        self, base_url: str, key: SecretStr, model: str, timeout_s: float, spending: Spending
    ) -> None:
        self.name = model
        self.spending = spending
        self._base_url = base_url
        self._key = key
        self._timeout_s = timeout_s
        self._timeout = httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s))
        self._tls = httpx2.create_ssl_context()
        self._counts = True  # until the server turns the wish for a stream's tokens down
        self._format = 0  # the best of FORMATS that the server has not turned down

    @classmethod
    def from_settings(cls, settings: Settings) -> OpenAIChat:
        """The model of the settings, which name a key, a server, or both."""
        given = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        key = SecretStr(given.strip() or _NO_KEY)  # a key read from a file ends in a newline
        base_url = settings.openai_base_url or _OPENAI
        spending = Spending(
            most_tokens=settings.openai_budget_tokens,
            most_s=settings.openai_budget_s,
            usd_per_million_in=settings.openai_usd_per_million_in,
            usd_per_million_out=settings.openai_usd_per_million_out,
        )
        return cls(base_url, key, settings.openai_model, settings.openai_timeout_s, spending)

    def parse(
        self,
        messages: list[dict[str, Any]],
        schema: type[Parsed],
        *,
        stop: StopSignal,
        meter: Meter,
        check: Callable[[Parsed], object] | None = None,
    ) -> Parsed:
        """One structured reply, corrected up to twice; see ChatModel."""
        talk, wrong = list(messages), ""
        with self._call(stop, meter) as client:
            for _ in range(1 + REPAIRS):
                meter.left_s()
                text = self._reply(client, talk, schema, meter)
                stop.check()
                try:
                    reply = schema.model_validate_json(json_in(text))
                    if check is not None:
                        check(reply)
                except ValueError as error:
                    wrong = problem(error)
                    talk += correction(text, wrong)
                else:
                    return reply
        raise ModelRefused(f"it gave no valid reply in {1 + REPAIRS} tries ({wrong[:200]})")

    def stream(
        self, messages: list[dict[str, Any]], *, stop: StopSignal, meter: Meter
    ) -> Iterator[str]:
        """The reply's text as it arrives; see ChatModel."""
        length, finish, used = 0, None, None
        with self._call(stop, meter) as client:
            for chunk in self._chunks(client, messages):
                stop.check()
                used = chunk.usage or used
                for choice in (chunk.choices or ())[:1]:
                    finish = choice.finish_reason or finish
                    piece = choice.delta.content or ""
                    length += len(piece)
                    if length > _MOST_CHARACTERS:
                        raise ModelRefused("its text does not end")
                    if piece:
                        yield piece
            stop.check()
        meter.add(used and used.prompt_tokens, used and used.completion_tokens)
        if finish is None:
            raise ModelUnavailable("the connection to its server was cut")
        if finish in {"length", "content_filter"}:
            raise ModelRefused(f"its text was cut off ({finish})")
        if not length:
            raise ModelRefused("it said nothing")

    @contextmanager
    def _call(self, stop: StopSignal, meter: Meter) -> Iterator[OpenAI]:
        """A client for one call; a stop or the end of its time cuts it, its errors are ours."""
        stop.check()
        key = self._key.get_secret_value()
        line = Line(self._tls, self._timeout)
        timer = Timer(meter.left_s(), line.hang_up)
        timer.daemon = True
        with line.http, stop.on_stop(line.hang_up):
            client = OpenAI(
                api_key=key, base_url=self._base_url, http_client=line.http, max_retries=0
            )
            timer.start()
            try:
                yield client
            except OpenAIError as error:
                stop.check()  # a cut line is no failure of the server
                meter.left_s()
                # Without the cause: it holds the request, and the request the key.
                raise translated(error, key, self._timeout_s) from None
            except (JSONDecodeError, UnicodeDecodeError):
                stop.check()
                raise ModelUnavailable("its server sent a broken reply") from None
            finally:
                timer.cancel()

    def _chunks(
        self, client: OpenAI, messages: list[dict[str, Any]]
    ) -> Iterable[ChatCompletionChunk]:
        """A streamed reply, with its tokens counted if the server can do that."""
        create = client.chat.completions.create
        talk = cast("Any", messages)
        if self._counts:
            try:
                return create(
                    model=self.name,
                    messages=talk,
                    stream=True,
                    stream_options={"include_usage": True},
                )
            except (BadRequestError, UnprocessableEntityError) as error:
                if "stream_options" not in str(error):
                    raise
                self._counts = False
        return create(model=self.name, messages=talk, stream=True)

    def _reply(
        self, client: OpenAI, messages: list[Any], schema: type[BaseModel], meter: Meter
    ) -> str:
        """One reply's text, asked for as JSON in the best way that the server accepts."""
        for at in range(self._format, len(FORMATS)):
            how = FORMATS[at]
            try:
                completion = client.chat.completions.create(
                    model=self.name,
                    messages=asked(messages, schema, how),
                    response_format=cast("Any", response_format(schema, how)),
                )
            except (BadRequestError, UnprocessableEntityError):
                if at + 1 == len(FORMATS):
                    raise
            else:
                self._format = at
                # The SDK passes on whatever a server sends.
                used = getattr(completion, "usage", None)
                meter.add(used and used.prompt_tokens, used and used.completion_tokens)
                return text_of(completion)
        raise AssertionError("the last format returns or raises")


def text_of(completion: ChatCompletion) -> str:
    """The text of a reply, which may be empty; raises ModelRefused."""
    # The SDK passes on whatever a server sends: a page of HTML, or an error as an answer.
    choices = getattr(completion, "choices", None)
    if not choices:
        raise ModelRefused("its server does not answer as OpenAI does; check the base URL")
    choice = choices[0]
    if choice.message.refusal:
        raise ModelRefused(f"it declined ({choice.message.refusal[:200]})")
    if choice.finish_reason == "content_filter":
        raise ModelRefused("its server filtered the reply")
    return choice.message.content or ""
