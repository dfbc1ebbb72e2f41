"""The client follows a job to its end over every interruption, each message once and in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from cli.client import UNREACHABLE, Client, Patience, Refused, check
from cli.errors import CommandError
from cli.messages import parse_events
from tests.support.processes import free_port
from tests.support.stub_api import Script, log, serve

QUICK = Patience(silence_s=0.3, give_up_s=5, first_pause_s=0.001, longest_pause_s=0.01)


def followed(script: Script) -> list[str]:
    """The ids a client was given."""
    with serve(script) as url, Client(url, QUICK) as client:
        return [message["id"] for message in client.follow(client.ask("Which month?"))]


def ids(script: Script) -> list[str]:
    """The ids in the log."""
    return [message["id"] for message in script.messages]


def test_every_message_arrives_once_wherever_the_stream_is_cut() -> None:
    """Cut at each of many byte offsets, inside and between messages."""
    script = Script()
    with serve(script) as url, Client(url, QUICK) as client:
        for cut in range(900):
            script.cuts = [cut]
            assert [message["id"] for message in client.follow("t1")] == ids(script), cut


def test_many_cuts_in_one_job_lose_and_repeat_nothing() -> None:
    """Each connection brings about one message more."""
    script = Script(cuts=[260, 0, 260, 7, 260])
    assert followed(script) == ids(script)


def test_a_server_without_streams_is_polled() -> None:
    """Streams that give nothing are given up; the status gives the rest."""
    script = Script(streams=False)
    assert followed(script) == ids(script)
    assert script.requests[-1] == "/api/chat/status/t1"


@pytest.mark.parametrize(
    ("script", "why"),
    [(Script(streams=False), "no room"), (Script(held_back=True), "holds the live stream back")],
)
def test_who_waits_is_told_once_why_there_is_no_stream(script: Script, why: str) -> None:
    """And not that of a server that does not answer at all."""
    whole, script.messages = script.messages, script.messages[:1]
    said: list[str] = []

    def told(sentence: str) -> None:
        said.append(sentence)
        script.messages = whole

    with serve(script) as url, Client(url, replace(QUICK, opening_s=0.1)) as client:
        assert [message["id"] for message in client.follow("t1", told)] == ids(script)
    assert len(said) == 1
    assert why in said[0]


def test_a_stream_that_stays_silent_is_left() -> None:
    """No heartbeat within the promised time means the connection is dead."""
    script = Script(silent=True)
    assert followed(script) == ids(script)


def test_a_stream_that_is_held_back_is_not_waited_for() -> None:
    """A proxy that buffers keeps even the head; the status answers and is asked instead."""
    script = Script(held_back=True)
    hurried = replace(QUICK, opening_s=0.2, silence_s=600)
    with serve(script) as url, Client(url, hurried) as client:
        assert [message["id"] for message in client.follow("t1")] == ids(script)


def test_a_stream_that_has_begun_may_be_silent_for_longer() -> None:
    """Between two heartbeats nothing comes; that is no reason to leave."""
    script = Script(hesitates_s=0.6)
    patient = replace(QUICK, opening_s=0.2, silence_s=30)
    with serve(script) as url, Client(url, patient) as client:
        assert [message["id"] for message in client.follow("t1")] == ids(script)
    assert script.requests == ["/api/chat/stream/t1"]


def test_a_server_that_asks_for_time_gets_it() -> None:
    """Retry-After counts more than the client's own pauses."""
    script = Script(refuse_posts=1, retry_after="1")
    assert followed(script) == ids(script)
    first, second = script.asked_at
    assert second - first >= 1


def test_a_server_may_ask_for_time_by_a_number_or_a_date() -> None:
    """RFC 9110, section 10.2.3; what is neither asks for nothing."""

    def asked_s(value: str) -> float:
        request = httpx2.Request("GET", "http://127.0.0.1/")
        response = httpx2.Response(503, headers={"Retry-After": value}, request=request)
        with pytest.raises(Refused) as caught:
            check(response)
        return caught.value.retry_after_s

    def date(in_s: int) -> str:
        return format_datetime(datetime.now(UTC) + timedelta(seconds=in_s), usegmt=True)

    assert asked_s("7") == 7
    assert 3000 < asked_s(date(3600)) <= 3600
    assert [asked_s(value) for value in (date(-3600), "soon", "")] == [0, 0, 0]


def test_a_server_that_stays_too_busy_is_quoted() -> None:
    """Its own words, not that there is no server."""
    script = Script(refuse_posts=1000)
    hopeless = replace(QUICK, give_up_s=0.2)
    with (
        serve(script) as url,
        Client(url, hopeless) as client,
        pytest.raises(CommandError, match="try later"),
    ):
        client.ask("Which month?")


def test_a_log_started_afresh_is_read_from_its_beginning() -> None:
    """A cursor of another epoch gets a whole replay."""
    script = Script(messages=log()[:2])
    with serve(script) as url, Client(url, QUICK) as client:
        messages = client.follow("t1")
        seen = [next(messages)["id"], next(messages)["id"]]
        script.messages = log(epoch="e2")
        seen += [message["id"] for message in messages]
    assert seen == ["e1-0", "e1-1", "e2-0", "e2-1", "e2-2", "e2-3"]


def test_a_gap_is_fetched_not_skipped() -> None:
    """A message that is not the next one is no message; polling has the whole log."""
    script = Script()
    whole = script.messages
    script.messages = [whole[0], *whole[2:]]
    with serve(script) as url, Client(url, QUICK) as client:
        messages = client.follow("t1")
        assert next(messages)["id"] == "e1-0"
        script.messages = whole
        assert [message["id"] for message in messages] == ["e1-1", "e1-2", "e1-3"]


def test_a_server_that_repeats_itself_is_not_passed_on_twice() -> None:
    """A replay from the beginning brings only what is new."""
    script = Script(forgetful=True, cuts=[500, 700])
    assert followed(script) == ids(script)


def test_a_question_sent_again_keeps_its_key_and_its_owner() -> None:
    """So it is one job, however often the server was too busy to take it."""
    script = Script(refuse_posts=3)
    assert followed(script) == ids(script)
    assert len(script.posts) == 4
    assert len(set(script.posts)) == 1
    key, cookie = script.posts[0]
    assert key
    assert cookie == "tailrace_owner=me"


def test_a_server_that_never_comes_back_is_said_so() -> None:
    """Following ends with the error for an unreachable server."""
    hopeless = Patience(silence_s=0.2, give_up_s=0.1, first_pause_s=0.01)
    with (
        Client(f"http://127.0.0.1:{free_port()}", hopeless) as client,
        pytest.raises(CommandError, match="No Tailrace answers") as caught,
    ):
        list(client.follow("t1"))
    assert caught.value.exit_code == UNREACHABLE


def test_events_are_read_whatever_the_chunks_and_line_ends() -> None:
    """Chunks may end anywhere, lines in LF or CRLF; a last block cut short is dropped."""
    wire = (
        b': hb\n\nid: a-0\r\ndata: {"seq": 0}\r\n\r\ndata:{"seq":\ndata: 1}\n\ndata: {"seq": 2}\n'
    )
    for size in range(1, len(wire)):
        chunks = [wire[at : at + size] for at in range(0, len(wire), size)]
        assert list(parse_events(chunks)) == [{"seq": 0}, {"seq": 1}]
