"""A browser's own EventSource and WebSocket, without our library: each resumes over cuts."""

from __future__ import annotations

from tests.support.browser import Visit
from tests.support.processes import wait_until
from tests.support.proxy import Proxy
from tests.support.stack import Stack
from tests.support.tab import ASK, work_on

EVENT_SOURCE = """(taskId) => {
    globalThis.told = { seen: [], over: false };
    const source = new EventSource(`/api/chat/stream/${taskId}`);
    source.onmessage = (event) => told.seen.push(event.data);
    // It never ends by itself: after each end it comes back, until a 204 says nothing can follow.
    source.onerror = () => { told.over = source.readyState === EventSource.CLOSED; };
}"""
WEB_SOCKET = """(taskId) => {
    globalThis.told = { seen: [], over: false, codes: [] };
    const connect = () => {
        const last = told.seen.length ? JSON.parse(told.seen.at(-1)).id : "";
        const address = `/api/chat/ws/${taskId}?last_event_id=${last}`;
        const socket = new WebSocket(new URL(address, location.href.replace("http", "ws")));
        socket.onmessage = (event) => told.seen.push(event.data);
        socket.onclose = ({ code }) => {
            told.codes.push(code);
            if (code === 1000) told.over = true;
            else connect();
        };
    };
    connect();
}"""


def followed(desk: Stack, proxy: Proxy, visit: Visit, follow: str) -> tuple[list[str], list[str]]:
    """What a page saw of a job, and what its log holds; its streams were cut in their midst."""
    proxy.cuts = [1_500, 1_100]
    visitor = visit(proxy)
    visitor.failures_expected = True
    # A page that truly came from there: chromium lets no other one speak WebSocket to this machine.
    page = visitor.open("/healthz")
    page.evaluate("fetch('/api/datasets')")
    work = work_on(desk, page.evaluate(ASK, "How wet was it?"))
    work.write("ü \u2028 and\n\nlines")
    page.evaluate(follow, work.job_id)

    def cut() -> bool:
        work.write("on it goes " * 5)
        return not proxy.cuts

    wait_until(cut, "every cut")
    work.end("succeeded")
    wait_until(lambda: bool(page.evaluate("told.over")), "its end")
    seen: list[str] = page.evaluate("told.seen")
    return seen, [event.raw.decode() for event in desk.log.read(work.job_id, -1, 20_000)]


def test_event_source_resumes_by_itself_and_is_told_the_end(
    desk: Stack, proxy: Proxy, visit: Visit
) -> None:
    seen, log = followed(desk, proxy, visit, EVENT_SOURCE)
    assert seen == log


def test_web_socket_resumes_after_its_last_message(desk: Stack, proxy: Proxy, visit: Visit) -> None:
    seen, log = followed(desk, proxy, visit, WEB_SOCKET)
    assert seen == log
