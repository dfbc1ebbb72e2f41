"""Who gets a heartbeat when: one tick a second looks after every stream of the process."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import gevent
import pytest
import redis

from api.channel import STALLED_BEATS, Channel, Done
from api.relay import Relay
from api.writer import HEARTBEAT_TICKS, Writer
from shared.event_log import EventLog
from shared.settings import Settings

BEAT = b"beat"
#: More than a socket takes while nobody reads.
MUCH = b"x" * 2**25


class Silent(Channel):
    """A stream on which nothing happens by itself."""

    __slots__ = ()

    def begin(self) -> None:
        """Nothing."""

    def beat(self) -> bytes:
        """What the client counts."""
        return BEAT

    def left(self) -> None:
        """Nothing."""


class Client:
    """A stream and the end of it that reads."""

    def __init__(self, writer: Writer, done: Done) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.reads = socket.create_connection(listener.getsockname())
            served, _ = listener.accept()
        served.setblocking(False)
        with served:
            writer.adopt(served, b"head", Silent, done)
        self.channel = next(reversed(writer.channels.values()))

    def got(self, size: int) -> bytes:
        """The next bytes, so many."""
        self.reads.settimeout(20)
        return self.reads.recv(size, socket.MSG_WAITALL)

    @property
    def has_more(self) -> bool:
        """Whether something has arrived."""
        self.reads.setblocking(False)
        try:
            return bool(self.reads.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return False


@pytest.fixture
def writer(store: redis.Redis, settings: Settings) -> Writer:
    return Writer(Relay(EventLog(store), settings))


@pytest.fixture
def ended() -> list[int]:
    return []


@pytest.fixture
def clients(writer: Writer, ended: list[int]) -> Iterator[list[Client]]:
    made = [Client(writer, ended.append) for _ in range(2)]
    pass_ticks(writer, 0)
    assert [client.got(4) for client in made] == [b"head"] * 2
    yield made
    for client in made:
        client.channel.cut()
        client.reads.close()


def pass_ticks(writer: Writer, ticks: int) -> None:
    """So many ticks pass, and what is due goes out."""
    for _ in range(ticks):
        writer.tick()
    gevent.sleep(0)


def test_a_silent_stream_gets_one_heartbeat_in_its_time(
    writer: Writer, clients: list[Client]
) -> None:
    client = clients[0]
    pass_ticks(writer, HEARTBEAT_TICKS - 1)
    assert not client.has_more
    pass_ticks(writer, 1)
    assert client.got(len(BEAT)) == BEAT
    pass_ticks(writer, HEARTBEAT_TICKS - 1)
    assert not client.has_more
    pass_ticks(writer, 1)
    assert client.got(len(BEAT)) == BEAT


def test_a_stream_that_was_written_to_gets_its_heartbeat_later(
    writer: Writer, clients: list[Client]
) -> None:
    """Never is one silent for longer than a heartbeat's time."""
    busy, silent = clients
    pass_ticks(writer, 7)
    busy.channel.write(b"news")
    pass_ticks(writer, 0)
    assert busy.got(4) == b"news"
    pass_ticks(writer, HEARTBEAT_TICKS - 7)
    assert silent.got(len(BEAT)) == BEAT
    assert not busy.has_more
    pass_ticks(writer, 7)
    assert busy.got(len(BEAT)) == BEAT


def test_a_stream_that_has_ended_gets_none(
    writer: Writer, clients: list[Client], ended: list[int]
) -> None:
    """Its descriptor may be another's by then."""
    gone, stays = clients
    gone.channel.cut()
    assert ended == [4]
    pass_ticks(writer, 2 * HEARTBEAT_TICKS)
    assert stays.got(2 * len(BEAT)) == BEAT * 2
    assert gone.got(4) == b""
    assert ended == [4]


def test_a_client_that_takes_nothing_is_cut_and_one_that_takes_little_is_not(
    writer: Writer, clients: list[Client], ended: list[int]
) -> None:
    stuck, slow = clients
    for client in clients:
        client.channel.write(MUCH)
    pass_ticks(writer, 0)
    for _ in range(STALLED_BEATS):
        pass_ticks(writer, HEARTBEAT_TICKS)
        assert not ended
        assert slow.got(2**20)
        slow.channel.flush()
    pass_ticks(writer, HEARTBEAT_TICKS)
    assert (stuck.channel.closed, slow.channel.closed) == (True, False)
    assert ended == [stuck.channel.sent]
    assert stuck.channel.sent < len(MUCH)
