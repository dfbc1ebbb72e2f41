"""A chat model behind any server that speaks OpenAI's Chat Completions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any, cast

import httpx2
from openai import BadRequestError, OpenAI, OpenAIError, UnprocessableEntityError
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, SecretStr

from shared.settings import Settings
from worker.agent.context import StopSignal
from worker.models.chat import ModelRefused, ModelUnavailable, Parsed
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

    def __init__(self, base_url: str, key: SecretStr, model: str, timeout_s: float) -> None:
        self.name = model
        self._base_url = base_url
        self._key = key
        self._timeout_s = timeout_s
        self._timeout = httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s))
        self._tls = httpx2.create_ssl_context()
        self._format = 0  # the best of FORMATS that the server has not turned down

    @classmethod
    def from_settings(cls, settings: Settings) -> OpenAIChat | None:
        """The model of the settings, or None when neither a key nor a server is set."""
        if settings.openai_api_key is None and settings.openai_base_url is None:
            return None
        given = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        key = SecretStr(given.strip() or _NO_KEY)  # a key read from a file ends in a newline
        base_url = settings.openai_base_url or _OPENAI
        return cls(base_url, key, settings.openai_model, settings.openai_timeout_s)

    def parse(
        self,
        messages: list[dict[str, Any]],
        schema: type[Parsed],
        *,
        stop: StopSignal,
        check: Callable[[Parsed], object] | None = None,
    ) -> Parsed:
        """One structured reply, corrected up to twice; see ChatModel."""
        talk, wrong = list(messages), ""
        with self._call(stop) as client:
            for _ in range(1 + REPAIRS):
                text = self._reply(client, talk, schema)
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

    def stream(self, messages: list[dict[str, Any]], *, stop: StopSignal) -> Iterator[str]:
        """The reply's text as it arrives; see ChatModel."""
        length, finish = 0, None
        with self._call(stop) as client:
            chunks = client.chat.completions.create(
                model=self.name, messages=cast("Any", messages), stream=True
            )
            for chunk in chunks:
                stop.check()
                for choice in (chunk.choices or ())[:1]:
                    finish = choice.finish_reason or finish
                    piece = choice.delta.content or ""
                    length += len(piece)
                    if length > _MOST_CHARACTERS:
                        raise ModelRefused("its text does not end")
                    if piece:
                        yield piece
            stop.check()
        if finish is None:
            raise ModelUnavailable("the connection to its server was cut")
        if finish in {"length", "content_filter"}:
            raise ModelRefused(f"its text was cut off ({finish})")
        if not length:
            raise ModelRefused("it said nothing")

    @contextmanager
    def _call(self, stop: StopSignal) -> Iterator[OpenAI]:
        """A client for one call that ends with a stop; its errors leave as ours."""
        stop.check()
        key = self._key.get_secret_value()
        line = Line(self._tls, self._timeout)
        with line.http, stop.on_stop(line.hang_up):
            client = OpenAI(
                api_key=key, base_url=self._base_url, http_client=line.http, max_retries=0
            )
            try:
                yield client
            except OpenAIError as error:
                stop.check()  # a cut line is no failure of the server
                # Without the cause: it holds the request, and the request the key.
                raise translated(error, key, self._timeout_s) from None
            except (JSONDecodeError, UnicodeDecodeError):
                stop.check()
                raise ModelUnavailable("its server sent a broken reply") from None

    def _reply(self, client: OpenAI, messages: list[Any], schema: type[BaseModel]) -> str:
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
