"""The writer: every stream of the process, on sockets that the server handed over.

Flask has authorised the request and made the response's head; then the request's greenlet ends
and its socket belongs here (`api/handover.py`). So an open stream costs a descriptor and a few
small objects, not a greenlet, and an event costs one non-blocking write per viewer.

Everything here runs in gevent greenlets of one process; nothing blocks, so nothing is locked.
"""

from __future__ import annotations

import random
import select
import socket
from collections.abc import Callable
from typing import Any

import gevent
import structlog
from gevent import monkey

from api.channel import Channel, Done
from api.reader import Reader
from api.relay import Relay
from api.wheel import Wheel

HEARTBEAT_S = 15.0
#: How often streams are looked at that may be due for one.
TICK_S = 1.0
HEARTBEAT_TICKS = round(HEARTBEAT_S / TICK_S)
#: How long the kernel keeps a connection whose other end acknowledges nothing.
UNACKNOWLEDGED_MS = 60_000
#: Streams touched before other greenlets get their turn.
SLICE = 200
#: When a client should come back after a cut, and how many a second should after a shutdown.
RETRY_MS = 1000
RETURNS_PER_S = 500
MOST_RETRY_MS = 30_000

log = structlog.get_logger("writer")


class Writer:
    """All channels of one process, by file descriptor."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.reader = Reader(relay.log)
        self.channels: dict[int, Channel] = {}
        #: When each is to be looked at next.
        self.wheel: Wheel[Channel] = Wheel(HEARTBEAT_TICKS + 1)
        self._poll: Any = None
        #: gevent's loop, and the channels that have something to send at the end of its turn.
        self._loop: Any = None
        self._due: list[Channel] = []

    def adopt(self, connection: socket.socket, head: bytes, make: ChannelMaker, done: Done) -> None:
        """Take over a request's socket: write `head`, then let the channel begin."""
        self._start()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        descriptor = connection.detach()  # does not block, since gevent's never do
        channel = make(self, descriptor, done)
        self._poll.register(descriptor, select.EPOLLRDHUP | channel.interest)
        self.channels[descriptor] = channel
        self.wheel.put(channel, HEARTBEAT_TICKS)
        channel.write(head)
        if self.relay.draining:
            channel.cut(channel.farewell(random.randint(0, self._spread_ms())))  # noqa: S311
        elif channel.open:
            channel.begin()

    def push_later(self, channel: Channel) -> None:
        """Have a channel send what is due once everybody who is at work has had their turn.

        So the events of one read leave back to back, those of one stream in one piece: the kernel
        is then at its cheapest, and its clients are not woken for each. The relay says when it has
        handed all of them on; for others the loop does it before it waits again. No greenlet is
        woken for it.
        """
        if not self._due and not self.relay.handing:
            self._loop.run_callback(self._push)
        self._due.append(channel)

    def watch(self, channel: Channel, also: int = 0) -> None:
        """What to be told of a channel from now on."""
        self._poll.modify(channel.descriptor, select.EPOLLRDHUP | channel.interest | also)

    def forget(self, channel: Channel) -> None:
        """Look after a channel no longer."""
        del self.channels[channel.descriptor]
        self.wheel.remove(channel)
        self._poll.unregister(channel.descriptor)

    def drain(self) -> None:
        """This process is shutting down: cut every client, and ask each to return at its time."""
        spread_ms = self._spread_ms()
        for channel in tuple(self.channels.values()):
            channel.cut(channel.farewell(random.randint(0, spread_ms)))  # noqa: S311 - no secret

    def _spread_ms(self) -> int:
        """Over what time clients should spread their return, so that it is no storm."""
        return min(MOST_RETRY_MS, RETRY_MS + len(self.channels) * 1000 // RETURNS_PER_S)

    def _start(self) -> None:
        """Begin to look after the sockets, once."""
        if self._poll is None:
            # gevent takes epoll out of the patched module, since it blocks; asked without
            # waiting, inside gevent's own loop, it does not.
            self._poll = monkey.get_original("select", "epoll")()
            self._loop = gevent.get_hub().loop
            self.relay.handed = self._push
            gevent.spawn(self._watch_sockets)
            gevent.spawn(self._beat)

    def _watch_sockets(self) -> None:
        """Notice clients that went away or speak, and sockets that take more."""
        hub = gevent.get_hub()
        watcher = hub.loop.io(self._poll.fileno(), 1)
        while True:
            hub.wait(watcher)
            # Looked up at once: what one channel does may give another's number to a newcomer.
            found = [(self.channels.get(number), told) for number, told in self._poll.poll(0)]
            for channel, told in found:
                if channel is not None and not channel.closed:
                    self._tell(channel, told)

    def _push(self) -> None:
        """Let channels send what is due; called by the loop, so it must not wait."""
        due, self._due = self._due, []
        for channel in due:
            try:
                channel.push()
            except Exception:  # one client's failure is not another's
                log.exception("a stream failed")
                channel.cut()

    def _tell(self, channel: Channel, told: int) -> None:
        try:
            if told & select.EPOLLIN:
                channel.received()
            if told & (select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR):
                channel.cut()
            elif told & select.EPOLLOUT:
                channel.flush()
        except Exception:  # one client's failure is not another's
            log.exception("a stream failed")
            channel.cut()

    def _beat(self) -> None:
        while True:
            gevent.sleep(TICK_S)
            self.tick()

    def tick(self) -> None:
        """Look after the streams that are due; to be called once in TICK_S."""
        for index, channel in enumerate(self.wheel.turn()):
            if not channel.closed:
                self._look_after(channel)
            if index % SLICE == SLICE - 1:
                gevent.sleep(0)

    def _look_after(self, channel: Channel) -> None:
        """A heartbeat, unless something was written since; one that is behind must catch up."""
        silent = self.wheel.now - channel.written
        if channel.behind:
            channel.cut_if_stalled()
        elif silent < HEARTBEAT_TICKS:
            self.wheel.put(channel, HEARTBEAT_TICKS - silent)
            return
        elif channel.ready:
            channel.write(channel.beat())
        if not channel.closed:
            self.wheel.put(channel, HEARTBEAT_TICKS)


ChannelMaker = Callable[[Writer, int, Done], Channel]
