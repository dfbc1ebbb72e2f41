"""Sends one request again and again over some kept connections; prints how many were answered.

    python -m bench.load.requests PORT COUNT CONNECTIONS STATUS FILE

FILE holds the request as it goes over the wire; STATUS is what every answer must have.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from pathlib import Path


class Connection:
    """One request at a time."""

    def __init__(self, port: int, request: bytes, status: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._request, self._status = request, status
        self._got = b""

    def ask(self) -> None:
        """Send it."""
        self.socket.sendall(self._request)

    def answered(self) -> bool:
        """Read; whether the answer is whole."""
        data = self.socket.recv(65536)
        assert data, "the server closed the connection"
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return False
        assert head[9:12] == self._status, self._got[:400]
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if len(body) < int(length or 0):
            return False
        self._got = b""
        return True


def main() -> None:
    """Ask, and count."""
    port, count, connections = map(int, sys.argv[1:4])
    status, request = sys.argv[4].encode(), Path(sys.argv[5]).read_bytes()
    poll = select.epoll()
    open_ones: dict[int, Connection] = {}
    for _ in range(connections):
        connection = Connection(port, request, status)
        open_ones[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    began = time.monotonic()
    for connection in open_ones.values():
        connection.ask()
    asked, answered = connections, 0
    while answered < asked:
        for number, _ in poll.poll():
            connection = open_ones[number]
            if connection.answered():
                answered += 1
                if asked < count:
                    connection.ask()
                    asked += 1
    took_s = time.monotonic() - began
    print(json.dumps({"answered": answered, "secs": took_s, "per_s": answered / took_s}))


if __name__ == "__main__":
    main()
