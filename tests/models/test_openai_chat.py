"""A chat model over HTTP: replies whole and streamed, repaired, degraded, failed."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Event
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from shared.settings import Settings
from tests.models.conftest import KEY, chat_on
from tests.support.scripted_model import (
    Raw,
    Reply,
    Says,
    ScriptedModel,
    Status,
    says_json,
)
from tests.support.stop import HandStop
from worker.models.chat import Meter, ModelRefused, ModelUnavailable
from worker.models.configured import chat_model
from worker.models.openai_chat import OpenAIChat

ASK = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "How many?"}]
GOOD = says_json({"thought": "Easy.", "count": 3})
BAD = says_json({"thought": "Easy.", "count": "a few"})


class Counted(BaseModel):
    thought: str
    count: int | None = None


def parse(model: ScriptedModel, chat: OpenAIChat | None = None) -> Counted:
    return (chat or chat_on(model)).parse(ASK, Counted, stop=HandStop(), meter=Meter())


def stream(model: ScriptedModel) -> list[str]:
    return list(chat_on(model).stream(ASK, stop=HandStop(), meter=Meter()))


def test_there_is_no_model_without_a_key_or_a_server():
    assert chat_model(Settings(openai_api_key=None, openai_base_url=None)) is None


def test_a_key_alone_means_the_server_of_openai():
    assert chat_model(Settings(openai_api_key=SecretStr(KEY))) is not None


def test_without_a_model_the_sdk_is_not_loaded():
    code = "import sys, worker.app; print('openai' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_a_reply_is_parsed_and_the_request_says_what_is_wanted():
    with ScriptedModel([GOOD]) as model:
        assert parse(model) == Counted(thought="Easy.", count=3)
    (request,) = model.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "test-model"
    assert request.body["messages"] == ASK
    wanted = request.body["response_format"]["json_schema"]
    assert wanted["strict"] is True
    assert wanted["schema"]["required"] == ["thought", "count"]
    assert wanted["schema"]["additionalProperties"] is False


def test_a_server_without_keys_gets_a_placeholder():
    with ScriptedModel([GOOD]) as model:
        parse(model, chat_on(model, openai_api_key=None))
    assert model.requests[0].headers["authorization"] == "Bearer none"


def test_a_key_read_from_a_file_may_end_in_a_newline():
    with ScriptedModel([GOOD]) as model:
        parse(model, chat_on(model, openai_api_key=SecretStr(KEY + "\n")))
    assert model.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_text_arrives_while_the_model_still_writes():
    more = Event()
    with ScriptedModel([Says("It snowed ", more, "26 days", ".")]) as model:
        pieces = chat_on(model).stream(ASK, stop=HandStop(), meter=Meter())
        assert next(pieces) == "It snowed "
        more.set()
        assert list(pieces) == ["26 days", "."]


def test_an_invalid_reply_is_shown_to_the_model_with_what_is_wrong():
    with ScriptedModel([Says("Let me think"), BAD, GOOD]) as model:
        assert parse(model).count == 3
    assert len(model.requests) == 3
    said, wish = model.requests[2].body["messages"][-2:]
    assert said == {
        "role": "assistant",
        "content": json.dumps({"thought": "Easy.", "count": "a few"}),
    }
    assert "count: Input should be a valid integer" in json.loads(wish["content"])["problem"]


def test_what_only_a_check_can_tell_is_shown_to_the_model_too():
    def even(counted: Counted) -> None:
        if counted.count == 3:
            raise ValueError("There is no third one.")

    with ScriptedModel([GOOD, says_json({"thought": "", "count": 4})]) as model:
        reply = chat_on(model).parse(ASK, Counted, stop=HandStop(), meter=Meter(), check=even)
    assert reply.count == 4
    wish = json.loads(model.requests[1].body["messages"][-1]["content"])
    assert wish["problem"] == "There is no third one."


def test_three_invalid_replies_are_a_refusal():
    with ScriptedModel([BAD, Says(""), BAD, GOOD]) as model:
        with pytest.raises(ModelRefused, match="no valid reply in 3 tries"):
            parse(model)
        assert len(model.requests) == 3


def test_json_is_found_behind_thoughts_and_fences():
    fenced = '<think>{maybe}</think>Here it is:\n```json\n{"thought": "", "count": 5}\n```'
    with ScriptedModel([Says(fenced)]) as model:
        assert parse(model).count == 5


@pytest.mark.parametrize("known", ["json_object", "text"])
def test_a_server_that_turns_a_format_down_is_asked_for_what_it_knows(known: str):
    def reply(body: dict[str, Any]) -> Reply:
        how = body["response_format"]["type"]
        return GOOD if how == known else Status(400, f"response_format {how} is not supported")

    with ScriptedModel(reply) as model:
        chat = chat_on(model)
        assert parse(model, chat).count == 3
        before = len(model.requests)
        assert parse(model, chat).count == 3
        assert len(model.requests) == before + 1, "what it knows is remembered"
    sent = model.requests[-1].body
    assert sent["response_format"] == {"type": known}
    assert '"count"' in sent["messages"][0]["content"], "the schema is in the instructions"
    assert "JSON" in sent["messages"][0]["content"]


def test_a_request_that_is_bad_in_every_format_is_refused_and_degrades_nothing():
    bad = Status(400, "context too long")
    with ScriptedModel([bad, bad, bad, GOOD]) as model:
        chat = chat_on(model)
        with pytest.raises(ModelRefused, match="context too long"):
            parse(model, chat)
        assert parse(model, chat).count == 3
    assert model.requests[-1].body["response_format"]["type"] == "json_schema"


def test_a_busy_server_is_unavailable_for_as_long_as_it_says_then_fine():
    with ScriptedModel([Status(429, headers={"Retry-After": "7"}), GOOD]) as model:
        chat = chat_on(model)
        with pytest.raises(ModelUnavailable, match="busy") as caught:
            parse(model, chat)
        assert caught.value.retry_after_s == 7
        assert len(model.requests) == 1, "retry is decided elsewhere"
        assert parse(model, chat).count == 3


@pytest.mark.parametrize(
    "cut", [Says("It ", "snowed", cut=True), Says("It ", "snowed", finish=None)]
)
def test_a_stream_that_is_cut_gives_what_came_and_then_says_so(cut: Reply):
    with ScriptedModel([cut]) as model:
        pieces = chat_on(model).stream(ASK, stop=HandStop(), meter=Meter())
        assert [next(pieces), next(pieces)] == ["It ", "snowed"]
        with pytest.raises(ModelUnavailable, match="was cut"):
            next(pieces)


def test_a_silent_server_is_unavailable_after_the_time_out():
    never = Event()
    with (
        ScriptedModel([Says(never)]) as model,
        pytest.raises(ModelUnavailable, match=r"silent for 0\.2 s"),
    ):
        parse(model, chat_on(model, openai_timeout_s=0.2))


def test_a_server_that_is_not_there_is_unavailable():
    with ScriptedModel([]) as model:
        chat = chat_on(model)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        parse(model, chat)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Says("Half a sen", finish="length"), "cut off"),
        (Says("", finish="stop"), "said nothing"),
        (Says(*["x" * 5000] * 5), "does not end"),
        (Status(401), "API key"),
    ],
)
def test_text_that_is_not_whole_is_refused(reply: Reply, said: str):
    with ScriptedModel([reply]) as model, pytest.raises(ModelRefused, match=said):
        stream(model)


@pytest.mark.parametrize(
    "other", [Raw(b"<h1>It works!</h1>", "text/html"), Raw(b'{"choices": null}'), Raw(b"{}")]
)
def test_a_server_that_speaks_something_else_is_refused(other: Reply):
    with ScriptedModel([other]) as model, pytest.raises(ModelRefused, match="base URL"):
        parse(model)


def test_a_reply_that_breaks_off_inside_its_json_is_unavailable():
    half = Raw(b'{"choices": [')
    with ScriptedModel([half]) as model, pytest.raises(ModelUnavailable, match="broken reply"):
        parse(model)
