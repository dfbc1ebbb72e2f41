"""The figures of plain requests: asking a question, and a poll that finds nothing new."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx2

from bench.figures.streaming import runnable
from bench.figures.table import Figure, Findings, median, span
from bench.load.machine import (
    LOAD_CORE,
    MOST_FOREIGN,
    MOST_STOLEN,
    Use,
    Window,
    on_core,
)
from bench.load.peers import BareFlask, SseStarlette
from bench.load.servers import Server, Store, Tailrace
from bench.load.tools import scratch_file
from tests.support.processes import CHECKOUT

WARM, COUNT, CONNECTIONS = 500, 4_000, 16
TRIES = 3
QUESTION = {"action": "continue_conversation", "message": "How wet was it in Seattle in 2013?"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A server, a request to it as bytes, and the status of its answer."""

    kind: type[Server]
    request: Callable[[Server], bytes]
    status: int


def bare_ask(server: Server) -> bytes:
    """A POST to the handler that calls apply_async."""
    return _request(server, "POST", "/ask", body=json.dumps(QUESTION))


def our_ask(server: Server) -> bytes:
    """A question."""
    return _request(server, "POST", "/api/chat", body=json.dumps(QUESTION))


def bare_get(server: Server) -> bytes:
    """A handler that does nothing."""
    return _request(server, "GET", "/bare")


def our_poll(server: Server) -> bytes:
    """A status that has not changed since it was last asked for."""
    server.prepare(1)
    path = f"/api/chat/status/{server.ids[0]}"
    name, _, value = server.headers[0].partition(": ")
    answer = httpx2.get(f"http://127.0.0.1:{server.port}{path}", headers={name: value})
    return _request(server, "GET", path, f"If-None-Match: {answer.headers['ETag']}")


def fastapi_poll(server: Server) -> bytes:
    """The same read, of a job that is made for it."""
    store = server.store.client
    store.hset("tailrace:job:x", mapping={"epoch": "e", "state": "running", "attempt": "1"})
    store.rpush("tailrace:job:x:events", "a", "b")
    return _request(server, "GET", "/status/x")


def _request(server: Server, method: str, path: str, *more: str, body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *server.headers, *more]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def questions(rounds: int) -> Findings:
    """CPU of a question in the API, against a handler that calls apply_async."""
    ours, bare = _costs([Asked(Tailrace, our_ask, 202), Asked(BareFlask, bare_ask, 202)], rounds)
    what = "CPU of POST /api/chat, against a Flask handler with apply_async"
    detail = f"{span(ours, '.0f')} and {span(bare, '.0f')} us"
    return Findings([Figure(what, median(ours) / median(bare), 0.5, detail=detail)])


def polls(rounds: int) -> Findings:
    """CPU of a poll without news, against a bare Flask handler and FastAPI's same read."""
    findings = Findings()
    asked = [Asked(Tailrace, our_poll, 304), Asked(BareFlask, bare_get, 200)]
    if runnable([SseStarlette], findings):
        asked.append(Asked(SseStarlette, fastapi_poll, 200))
    ours, *others = _costs(asked, rounds)
    for other, name, goal in zip(others, ("a bare Flask handler", "FastAPI"), (1.3, 1.05)):  # noqa: B905
        detail = f"{span(ours, '.0f')} and {span(other, '.0f')} us"
        what = f"CPU of an unchanged poll, against {name}"
        findings.figures.append(Figure(what, median(ours) / median(other), goal, detail=detail))
    return findings


def _costs(asked: Sequence[Asked], rounds: int) -> list[list[float]]:
    """Microseconds of CPU per request, of each, interleaved."""
    found: list[list[float]] = [[] for _ in asked]
    for _ in range(rounds):
        for one, of_one in zip(asked, found, strict=True):
            of_one.append(_cost(one))
            print(f"  {one.kind.name:14} {of_one[-1]:6.0f} us", flush=True)
    return found


def _cost(asked: Asked) -> float:
    store = Store()
    server = asked.kind(store)
    try:
        file = scratch_file("request")
        file.write_bytes(asked.request(server))
        _ask(server.port, WARM, asked.status, str(file))
        tries: list[Use] = []
        while len(tries) < TRIES and not (tries and _undisturbed(tries[-1])):
            window = Window([server.pid], [store.pid])
            _ask(server.port, COUNT, asked.status, str(file))
            tries.append(window.close())
        best = min(tries, key=lambda use: max(use.foreign[0], use.stolen))
        return best.server_s / COUNT * 1e6
    finally:
        server.stop()
        store.stop()


def _undisturbed(use: Use) -> bool:
    """Whether others left the server's core alone; who asks is a stranger on the load's."""
    return use.foreign[0] <= MOST_FOREIGN and use.stolen <= MOST_STOLEN


def _ask(port: int, count: int, status: int, file: str) -> None:
    arguments = [str(port), str(count), str(CONNECTIONS), str(status), file]
    with on_core(LOAD_CORE):
        subprocess.run(
            [sys.executable, "-m", "bench.load.requests", *arguments],
            cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
