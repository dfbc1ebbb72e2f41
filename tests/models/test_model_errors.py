"""Errors of a model's server: which may pass, what they say, and what they never say."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from tests.models.conftest import KEY, chat_on
from tests.support.scripted_model import Reply, Says, ScriptedModel, Status
from tests.support.stop import HandStop
from worker.models.chat import Meter, ModelRefused, ModelUnavailable
from worker.models.openai_errors import retry_after_s

ASK = [{"role": "user", "content": "How many?"}]


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_a_failure_of_the_server_may_pass(status: int):
    with ScriptedModel([Status(status)]) as model, pytest.raises(ModelUnavailable) as caught:
        list(chat_on(model).stream(ASK, stop=HandStop(), meter=Meter()))
    assert str(status) in caught.value.reason
    assert caught.value.retry_after_s is None


@pytest.mark.parametrize("status", [307, 400, 401, 402, 403, 404, 413, 422])
def test_a_request_the_server_will_never_take_is_refused(status: int):
    with ScriptedModel([Status(status)]) as model, pytest.raises(ModelRefused) as caught:
        list(chat_on(model).stream(ASK, stop=HandStop(), meter=Meter()))
    assert str(status) in str(caught.value)


def test_an_account_without_credit_does_not_fill_up_by_waiting():
    broke = Status(429, code="insufficient_quota")
    with ScriptedModel([broke]) as model, pytest.raises(ModelRefused, match="credit"):
        list(chat_on(model).stream(ASK, stop=HandStop(), meter=Meter()))


@pytest.mark.parametrize("status", [429, 503])
def test_the_servers_wish_is_honoured(status: int):
    busy = Status(status, headers={"Retry-After": "1.5"})
    with ScriptedModel([busy]) as model, pytest.raises(ModelUnavailable) as caught:
        list(chat_on(model).stream(ASK, stop=HandStop(), meter=Meter()))
    assert caught.value.retry_after_s == 1.5


def test_the_wish_may_be_a_date():
    headers = httpx2.Headers(
        {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(hours=1))}
    )
    wish = retry_after_s(headers)
    assert wish is not None
    assert 3000 < wish <= 3600


def test_a_date_in_the_past_means_now():
    assert retry_after_s(httpx2.Headers({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})) == 0


@pytest.mark.parametrize(
    "wish", ["", "soon", "-5", "nan", "inf", "1e9", "99999999999999999999", "٣"]
)
def test_a_wish_that_makes_no_sense_is_none(wish: str):
    assert retry_after_s(httpx2.Headers([(b"retry-after", wish.encode())])) is None


@pytest.mark.parametrize(
    "reply",
    [
        *(
            Status(code, f"Incorrect API key provided: {KEY}.")
            for code in (400, 401, 403, 404, 429, 500)
        ),
        Says("text", cut=True),
    ],
)
def test_the_key_is_never_in_an_error_or_a_log(reply: Reply, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with (
        ScriptedModel([reply]) as model,
        pytest.raises((ModelRefused, ModelUnavailable)) as caught,
    ):
        list(chat_on(model).stream(ASK, stop=HandStop(), meter=Meter()))
    assert model.requests[0].headers["authorization"].endswith(KEY)
    assert caplog.records, "the libraries did log"
    assert KEY not in str(caught.getrepr(style="long", showlocals=False))
    assert KEY not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert KEY not in caplog.text


def test_the_key_is_not_in_the_models_own_text():
    with ScriptedModel([]) as model:
        chat = chat_on(model)
    assert KEY not in repr(vars(chat))
