"""Heads of requests: what is read in one go is what gunicorn reads line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.heads import QuickRequest

NAMES = (
    "method", "uri", "path", "query", "fragment", "version", "headers", "scheme", "must_close",
    "_expected_100_continue",
)  # fmt: skip
HERE, ELSEWHERE = ("127.0.0.1", 4444), ("203.0.113.9", 4444)
BROWSER = (
    b"POST /api/chat?x=%C3%A9&y HTTP/1.1\r\nHost: tables.example\r\nAccept: */*\r\n"
    b"User-Agent: Mozilla/5.0 (X11; \xe9)\r\nContent-Type: application/json\r\n"
    b"X-Forwarded-Proto: https\r\nCookie: a=1; b=2\r\nContent-Length: 2\r\n\r\n{}"
)
#: What heads are made of: the usual, and what is refused or read otherwise.
TARGETS = ("/", "/a/b?c=d&e", "/a%20?b?c", "/a;b=c", '/"', "/a:b//c")
ODD_LINES = (
    "//a/b", "/a#b", "/a?b#c", "/a\x7fb", "/\xe9", "http://a/b?c", "*", "a:1", "", "/a b",
)  # fmt: skip
LINES = [
    *(f"{method} {target} HTTP/1.1" for method in ("GET", "POST", "HEAD") for target in TARGETS),
    *(f"GET {target} HTTP/1.1" for target in ODD_LINES),
    *(f"{method} / HTTP/1.1" for method in ("OPTIONS", "get", "G", "CONNECT", "GE\tT", "")),
    *(f"GET / {version}" for version in ("HTTP/1.0", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "")),
]
FIELDS = (
    "Host: a", "host:c", "Accept: text/event-stream", "Accept: \t x \t", "X: a\tb\xe9", "X:",
    "Expect: 100-continue", "Content-Type: a/b", "Content-Length: 3", "Connection: close",
    "Transfer-Encoding: chunked", "X-Forwarded-Proto: https", "X-Forwarded-Proto: http",
    "X-Forwarded-Ssl: on",
)  # fmt: skip
ODD_FIELDS = (
    "X_Y: 1", "Expect: x", "Content-Length: +3", "Transfer-Encoding: identity", "X : a", " folded",
    "\tfolded", "X", ":x", "X: \x00", "X: a\x0bb", "X: \x7f", "X\xe9: a", "", "X: a\nb",
    "X: a\rb", "\r", "\n", "X: a\n", "X: a\r",
)  # fmt: skip


def read(kind: type[Request], pieces: Sequence[bytes], peer: object, **said: Any) -> object:
    """What becomes of a request that arrives in pieces: its parts and the rest, or an error."""
    cfg = Config()
    for name, value in said.items():
        cfg.set(name, value)
    unreader = IterUnreader(pieces)
    try:
        request = kind(cfg, unreader, peer)
        body = request.body.read(3)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return type(error), str(error)
    rest = b"".join(iter(unreader.read, b""))
    return [getattr(request, name) for name in NAMES], request.should_close(), body, rest


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """One of the usual lines or an odd one, with usual fields and perhaps an odd one."""
    fields = draw(st.lists(st.sampled_from(FIELDS), max_size=6, unique=draw(st.booleans())))
    if draw(st.booleans()):
        fields.insert(draw(st.integers(0, len(fields))), draw(st.sampled_from(ODD_FIELDS)))
    lines = [draw(st.sampled_from(LINES)), *fields, "", "5\r\nabcde\r\n0\r\n\r\nmore"]
    return "\r\n".join(lines).encode("latin-1")


@settings(max_examples=400)
@given(whole=requests(), cut=st.integers(0, 80), peer=st.sampled_from((HERE, ELSEWHERE, "")))
@example(whole=BROWSER, cut=0, peer=HERE)
@example(whole=BROWSER, cut=0, peer=ELSEWHERE)
@example(whole=BROWSER + BROWSER, cut=40, peer=HERE)
@example(whole=b"\r\n" + BROWSER, cut=0, peer=HERE)
def test_every_request_is_read_as_gunicorn_reads_it(whole: bytes, cut: int, peer: object) -> None:
    pieces = [piece for piece in (whole[:cut], whole[cut:]) if piece]
    assert read(QuickRequest, pieces, peer) == read(Request, pieces, peer)


@pytest.mark.parametrize(
    "limits",
    [
        {"limit_request_line": 20}, {"limit_request_fields": 6}, {"limit_request_field_size": 30},
        {"limit_request_line": 0}, {"limit_request_field_size": 0}, {"limit_request_fields": 7},
    ],
    ids=str,
)  # fmt: skip
def test_limits_hold(limits: dict[str, int]) -> None:
    assert read(QuickRequest, [BROWSER], HERE, **limits) == read(Request, [BROWSER], HERE, **limits)


class LineByLine(Exception):
    """gunicorn's own parser was asked."""


class Watched(QuickRequest):
    """One that tells when it is not read in one go."""

    def read_line(self, unreader: object, buf: bytearray, limit: int = 0) -> object:
        raise LineByLine


def test_an_ordinary_request_is_read_in_one_go() -> None:
    assert read(Watched, [BROWSER], HERE) == read(Request, [BROWSER], HERE)
    assert read(Watched, [BROWSER[:50], BROWSER[50:]], HERE) == (LineByLine, "")
