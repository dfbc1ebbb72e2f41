"""Whatever happens to the connection, a tab ends with the log; and it says what is the matter."""

from __future__ import annotations

import random
import time

import pytest
from playwright.sync_api import Route

from tests.support.browser import Visit, Visitor
from tests.support.processes import wait_until
from tests.support.proxy import Proxy
from tests.support.scenes import Scene
from tests.support.stack import Stack
from tests.support.tab import Tab, log_of, work_on
from tests.web.test_stream_client import SHOW, STREAM, streams

NEVER = 600_000


def rough(visit: Visit, proxy: Proxy) -> Visitor:
    """Somebody behind a proxy, whose requests may fail."""
    visitor = visit(proxy)
    visitor.failures_expected = True
    return visitor


def finish(tab: Tab, work: Scene, stack: Stack) -> None:
    """End the job; the tab has the whole log."""
    work.end("succeeded")
    tab.wait_for_end(work.job_id)
    assert tab.transcript(work.job_id) == log_of(stack, work.job_id)


@pytest.mark.parametrize("seed", range(3))
def test_cut_anywhere_the_transcript_is_the_log(
    desk: Stack, proxy: Proxy, visit: Visit, seed: int
) -> None:
    """Connections cut at random bytes, in heads, in events and between them, and all at once."""
    chance = random.Random(seed)
    visitor = rough(visit, proxy)
    tab = Tab(visitor, pause=10, longestPause=50, doubt=1_000)
    proxy.random, proxy.cut_within = random.Random(seed), 4_000
    proxy.cut()
    task_id = ask(visitor, desk)
    tab.follow(task_id)
    work = work_on(desk, task_id)
    for number in range(150):
        work.write(*[f"piece {number} of é {'x' * chance.randrange(60)}"] * chance.randrange(1, 4))
        time.sleep(chance.random() / 50)
        if chance.random() < 0.05:
            proxy.cut()
    proxy.cut_within = None
    finish(tab, work, desk)
    assert len(streams(visitor)) > 5


def ask(visitor: Visitor, desk: Stack) -> str:
    """Ask past the proxy."""
    body = {"action": "continue_conversation", "message": "How wet was it?"}
    found: dict[str, str] = visitor.context.request.post(f"{desk.url}/api/chat", data=body).json()
    return found["task_id"]


def test_a_connection_that_falls_silent_is_given_up(
    desk: Stack, proxy: Proxy, visit: Visit
) -> None:
    """It stays open and carries nothing, as after a change of network; nothing else notices."""
    tab = Tab(rough(visit, proxy), silence=1_500, opening=1_500, doubt=NEVER, mostDoubt=NEVER)
    task_id = tab.ask()
    tab.wait_for_condition("live")
    proxy.freeze()
    work = work_on(desk, task_id)
    work.write("a", "b")
    tab.wait_for_messages(task_id, 4)
    assert "reconnecting (network)" in tab.conditions
    finish(tab, work, desk)


@pytest.mark.parametrize("hold_after", [0, 700], ids=["from the start", "after the head"])
def test_a_proxy_that_buffers_is_found_out(
    desk: Stack, proxy: Proxy, visit: Visit, hold_after: int
) -> None:
    """Events then come by polling, the page can say why, and a stream is tried again later."""
    visitor = rough(visit, proxy)
    proxy.hold_after = hold_after
    tab = Tab(visitor, opening=1_000, doubt=300, grace=300, poll=100, retryStream=1_500)
    task_id = tab.ask()
    work = work_on(desk, task_id)

    def noticed() -> bool:
        work.write("on it goes")
        return tab.conditions[-1] == "polling (buffering)"

    wait_until(noticed, "noticing")
    tab.wait_for_messages(task_id, work.written)
    proxy.hold_after = None
    tab.wait_for_condition("live")
    finish(tab, work, desk)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    desk: Stack, visit: Visit, status: int
) -> None:
    """Retry-After counts; meanwhile events come by polling."""
    visitor = visit(desk)
    visitor.failures_expected = True
    refused_at: list[float] = []

    def refuse_once(route: Route) -> None:
        if refused_at:
            refused_at.append(time.monotonic())
            route.continue_()
        else:
            refused_at.append(time.monotonic())
            route.fulfill(status=status, headers={"Retry-After": "2"})

    visitor.context.route(f"**{STREAM}", refuse_once)
    tab = Tab(visitor, poll=100)
    task_id = tab.ask()
    tab.wait_for_condition("polling (busy)")
    work = work_on(desk, task_id)
    work.write("a")
    tab.wait_for_messages(task_id, 3)
    tab.wait_for_condition("live")
    assert refused_at[1] - refused_at[0] >= 2
    finish(tab, work, desk)


PAUSES = """async (count) => {
    const { Connection } = await import("/static/js/stream/connection.js");
    const { PATIENCE } = await import("/static/js/stream/patience.js");
    const [later, pauses, watched] = [setTimeout, [], [PATIENCE.opening, PATIENCE.silence]];
    // Pauses are noted and over at once; what only guards against silence is left as it is.
    globalThis.setTimeout = (what, ms) => {
        if (watched.includes(ms)) return later(what, ms);
        pauses.push(ms);
        return later(what, 0);
    };
    const headers = { "Content-Type": "text/event-stream" };
    globalThis.fetch = async () => new Response(": open\\n", { headers });
    const listener = { onItems() {}, onOpen() {}, onCondition() {} };
    const connection = new Connection("", PATIENCE, listener);
    while (pauses.length < count) await new Promise((resolve) => later(resolve, 1));
    connection.close();
    return pauses.slice(0, count);
}"""


def test_a_stream_that_opens_and_is_cut_each_time_is_tried_ever_less_often(
    desk: Stack, visit: Visit
) -> None:
    """Opening is no success: a browser must not become a storm of requests."""
    pauses = visit(desk).blank().evaluate(PAUSES, 8)
    expected = [min(250 * 2**at, 10_000) for at in range(8)]
    assert all(0.8 <= ms / usual <= 1.2 for ms, usual in zip(pauses, expected, strict=True))


def test_a_page_that_is_seen_again_does_not_trust_a_silent_connection(
    desk: Stack, proxy: Proxy, visit: Visit
) -> None:
    """A phone's socket can be dead while it looks open."""
    tab = Tab(
        rough(visit, proxy),
        silence=NEVER,
        opening=1_500,
        request=1_500,
        trust=0,
        doubt=NEVER,
        mostDoubt=NEVER,
    )
    task_id = tab.ask()
    tab.wait_for_condition("live")
    tab.page.evaluate(SHOW, "hidden")
    proxy.freeze()
    work = work_on(desk, task_id)
    work.write("a", "b")
    tab.page.evaluate(SHOW, "visible")
    tab.wait_for_messages(task_id, 4)
    tab.wait_for_condition("live")
    finish(tab, work, desk)


def test_a_device_that_was_offline_goes_on_where_it_was(desk: Stack, visit: Visit) -> None:
    """It says so, and comes back by itself when the network does."""
    visitor = visit(desk)
    visitor.failures_expected = True
    tab = Tab(visitor, request=2_000)
    task_id = tab.ask()
    work = work_on(desk, task_id)
    work.write("a")
    tab.wait_for_messages(task_id, 3)
    tab.wait_for_condition("live")
    visitor.context.set_offline(True)
    tab.wait("told.conditions.at(-1).startsWith('offline')", "being told of it")
    work.write("b", "c")
    visitor.context.set_offline(False)
    tab.wait_for_condition("live")
    tab.wait_for_messages(task_id, 5)
    finish(tab, work, desk)


def test_an_api_that_was_killed_is_found_again(desk: Stack, visit: Visit) -> None:
    """The next one on its port goes on with the same log."""
    visitor = visit(desk)
    visitor.failures_expected = True
    tab = Tab(visitor)
    task_id = tab.ask()
    work = work_on(desk, task_id)
    work.write("a")
    tab.wait_for_messages(task_id, 3)
    tab.wait_for_condition("live")
    assert desk.api is not None
    desk.api.kill()
    tab.wait_for_condition("reconnecting (network)")
    work.write("b", "c")
    desk.start_api()
    tab.wait_for_condition("live")
    finish(tab, work, desk)
    assert "last-event-id" in streams(visitor)[-1]
