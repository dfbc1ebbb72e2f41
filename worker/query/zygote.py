"""The query helper: a small process that has DuckDB loaded and forks a child for every query.

A worker has many threads and may not fork itself; this process has one. It gets one socket per
query over its standard input. The child reads the request from that socket, jails itself, writes
the reply and ends. Whoever holds the other end kills the child by closing it; when the standard
input ends, because the worker did, everything here ends.

Run as `python -m worker.query.zygote`.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from worker.query.export import ExportRequest, write
from worker.query.intake import job
from worker.query.intake.work import ReadRequest
from worker.query.jail import Limits, NoLandlock, confine, die_with, limit
from worker.query.locked import Reply, Request, answer
from worker.query.trial import TrialRequest, tried

Asked = Request | TrialRequest | ExportRequest | ReadRequest | job.CountRequest

_CONTROL = 0
_OWN = 3
_KILLED = Reply(
    reason="query_too_big",
    message="The query needs more memory or time than one query may use; narrow it down.",
)


class Zygote:
    """Forks children and reaps them; the only thread of its process."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._children: dict[int, socket.socket] = {}
        self._pidfds: dict[int, int] = {}

    def serve(self) -> None:
        """Until the worker is gone; the kernel ends the remaining children with this process."""
        while True:
            # The control socket was registered first and comes first: no number in this list is
            # closed and taken again before its turn.
            for fd, _ in self._poll.poll():
                if fd == _CONTROL:
                    if not self._accept():
                        return
                elif fd in self._children:
                    self._reap(fd)
                else:
                    self._kill(fd)

    def _accept(self) -> bool:
        """Fork for one query; False when the worker has closed its end."""
        message, fds, _, _ = socket.recv_fds(self._control, 1, 1)
        if not message or not fds:
            return False
        own = socket.socket(fileno=fds[0])
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:  # no memory or process left: the worker sees an empty reply
            own.close()
            return True
        if pid == 0:
            _child(own, parent)
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = own
        self._pidfds[own.fileno()] = pidfd
        self._poll.register(pidfd, select.POLLIN)
        self._poll.register(own, 0)  # nothing but the hang-up of the other end
        return True

    def _kill(self, fd: int) -> None:
        """The other end was closed: nobody waits for this reply."""
        pidfd = self._pidfds.get(fd)
        if pidfd is not None:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            self._poll.unregister(fd)

    def _reap(self, pidfd: int) -> None:
        """A child has ended: tell the worker if it was killed, and close our copy of its socket."""
        ended = os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
        own = self._children.pop(pidfd)
        if ended is not None and ended.si_status != 0:
            with suppress(OSError):  # the worker no longer listens
                own.send(b"\n" + encoded(_KILLED), socket.MSG_DONTWAIT)
        fd = own.fileno()
        del self._pidfds[fd]
        self._poll.unregister(pidfd)
        os.close(pidfd)
        with suppress(KeyError):  # killed: it is no longer watched
            self._poll.unregister(fd)
        own.close()


def _child(own: socket.socket, parent: int) -> NoReturn:
    """One query, then the end of the process."""
    try:
        die_with(parent)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, _CONTROL)
        os.dup2(own.fileno(), _OWN)
        os.closerange(_OWN + 1, os.sysconf("SC_OPEN_MAX"))
        with socket.socket(fileno=_OWN) as alone:
            with alone.makefile("rb") as lines:
                request: Asked = json.loads(lines.readline())
            alone.sendall(encoded(_jailed(request, alone)))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it was, this process ends here
        traceback.print_exc()
    finally:
        os._exit(1)


def encoded(message: Mapping[str, Any]) -> bytes:
    """A message as one line."""
    return json.dumps(message).encode() + b"\n"


def _jailed(request: Asked, own: socket.socket) -> Mapping[str, Any]:
    """The reply to a request, made where nothing but its files can be reached."""

    def tell(fraction: float) -> None:
        own.sendall(encoded({"progress": round(fraction, 3)}))

    try:
        _lock_up(request)
    except NoLandlock as error:
        if request["require_landlock"]:
            message = (
                f"This machine cannot confine queries ({error.strerror}), so none are run; "
                "whoever runs it may allow that with TAILRACE_REQUIRE_LANDLOCK=false."
            )
            return Reply(reason="no_sandbox", message=message)
    match request["kind"]:
        case "query":
            return answer(request)
        case "try":
            return tried(request)
        case "export":
            return write(request)
        case "read":
            return job.read(request, tell)
        case "count":
            return job.count(request, tell)


def _lock_up(request: Asked) -> None:
    """Leave this process nothing but what its request needs; raises NoLandlock."""
    match request["kind"]:
        case "query" | "try":
            limit(Limits())
            confine([Path(request["path"])])
        case "count":
            limit(Limits(cpu_s=request["cpu_s"]))
            confine([Path(request["path"])])
        case "export":
            limit(Limits(cpu_s=request["cpu_s"], file_bytes=request["file_bytes"]))
            confine([Path(request["path"])], [Path(request["made"])])
        case "read":
            limit(Limits(cpu_s=request["cpu_s"], file_bytes=request["file_bytes"]))
            outputs = [request["scratch"], request["text"], request["made"]]
            sources = [Path(source) for source in request["sources"]]
            confine(sources, [Path(output) for output in outputs])


def main() -> None:
    """Serve the socket on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Zygote(socket.socket(fileno=_CONTROL)).serve()


if __name__ == "__main__":
    main()
