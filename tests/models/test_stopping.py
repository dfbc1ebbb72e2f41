"""A stop ends a call to the model at once, whatever its server does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest
from pydantic import BaseModel

from shared.attempts import CancelRequested
from tests.models.conftest import chat_on
from tests.support.scripted_model import Hang, Says, ScriptedModel
from tests.support.stop import HandStop
from worker.models.chat import Meter, ModelRefused, ModelUnavailable
from worker.models.openai_chat import OpenAIChat

ASK = [{"role": "user", "content": "How many?"}]
#: Far longer than a stop takes, far shorter than the time-out that would end the call by itself.
GENEROUS_S = 20.0


class Anything(BaseModel):
    text: str


def parsed(chat: OpenAIChat, stop: HandStop, _: Callable[[str], None]) -> None:
    chat.parse(ASK, Anything, stop=stop, meter=Meter())


def streamed(chat: OpenAIChat, stop: HandStop, got: Callable[[str], None]) -> None:
    for piece in chat.stream(ASK, stop=stop, meter=Meter()):
        got(piece)


class Call:
    """A call in a thread of its own, and how it ended."""

    def __init__(self, run: Callable[..., None], model: ScriptedModel) -> None:
        self.stop = HandStop()
        self.first_piece = Event()
        self.pieces: list[str] = []
        self.error: Exception | None = None
        self._run = run
        self._chat = chat_on(model, openai_timeout_s=600)
        self._thread = Thread(target=self._call, daemon=True)
        self._thread.start()

    def _call(self) -> None:
        try:
            self._run(self._chat, self.stop, self._got)
        except (CancelRequested, ModelRefused, ModelUnavailable) as error:
            self.error = error

    def _got(self, piece: str) -> None:
        self.pieces.append(piece)
        self.first_piece.set()

    def ends_by_the_stop(self) -> None:
        """Stop it from here and see it end."""
        self.stop.stop()
        self._thread.join(GENEROUS_S)
        assert not self._thread.is_alive(), "the call goes on after the stop"
        assert isinstance(self.error, CancelRequested), self.error


@pytest.mark.parametrize("run", [parsed, streamed])
def test_a_call_that_waits_for_its_first_byte(run: Callable[..., None]):
    with ScriptedModel([Hang()]) as model:
        call = Call(run, model)
        model.wait_for_request()
        call.ends_by_the_stop()


def test_a_stream_that_falls_silent():
    with ScriptedModel([Says("It snowed ", Event(), "26 days.")]) as model:
        call = Call(streamed, model)
        assert call.first_piece.wait(GENEROUS_S)
        call.ends_by_the_stop()
    assert call.pieces == ["It snowed "]


def test_a_model_that_repairs_its_reply():
    with ScriptedModel([Says("no JSON"), Hang()]) as model:
        call = Call(parsed, model)
        model.wait_for_request()
        model.wait_for_request()
        call.ends_by_the_stop()


@pytest.mark.parametrize("run", [parsed, streamed])
def test_a_call_after_the_stop_asks_nothing(run: Callable[..., None]):
    with ScriptedModel([]) as model:
        stop = HandStop()
        stop.stop()
        with pytest.raises(CancelRequested):
            run(chat_on(model), stop, lambda _: None)
        assert model.requests == []


def test_a_stop_for_one_call_leaves_the_others_alone():
    more = Event()
    with ScriptedModel([Hang(), Says("Still ", more, "here.")]) as model:
        doomed = Call(parsed, model)
        model.wait_for_request()
        other = chat_on(model).stream(ASK, stop=HandStop(), meter=Meter())
        assert next(other) == "Still "
        doomed.ends_by_the_stop()
        more.set()
        assert list(other) == ["here."]
