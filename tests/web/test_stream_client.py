"""The client library in a real browser against the real API: each message once, to the end."""

from __future__ import annotations

from typing import Any

from tests.support.browser import Visit, Visitor
from tests.support.stack import Stack
from tests.support.tab import Tab, log_of, work_on

STREAM = "/api/stream"
WITHOUT_LOCKS = "delete Navigator.prototype.locks"
#: As others see a tab that a phone has frozen: it holds the lock and says nothing.
FREEZE = "() => { BroadcastChannel.prototype.postMessage = () => {}; }"
#: A tab's own view of whether it is seen; a real one cannot be hidden without a screen.
SHOW = """(state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def streams(visitor: Visitor) -> list[dict[str, str]]:
    """The headers of each stream that was opened."""
    return [each.headers for each in visitor.requests if each.url.endswith(STREAM)]


def test_a_job_is_followed_to_its_end_and_the_connection_closes(desk: Stack, visit: Visit) -> None:
    """Messages as they happen; afterwards there is nothing to stay connected for."""
    tab = Tab(visit(desk))
    task_id = tab.ask()
    tab.wait_for_condition("live")
    work = work_on(desk, task_id)
    for number in range(20):
        work.write(f"piece {number}")
    tab.wait_for_messages(task_id, 22)
    work.end("succeeded")
    tab.wait_for_end(task_id)
    tab.wait_for_condition("idle")
    assert tab.transcript(task_id) == log_of(desk, task_id)
    assert tab.conditions == ["reconnecting", "live", "idle"]


def test_a_job_can_be_followed_at_any_time(desk: Stack, visit: Visit) -> None:
    """Before it is claimed, in the middle, and after its end: the whole log each time."""
    visitor = visit(desk)
    first = Tab(visitor)
    task_id = first.ask()
    work = work_on(desk, task_id)
    work.write("a", "b")
    second = Tab(visitor)
    second.follow(task_id)
    second.wait_for_messages(task_id, 4)
    work.write("c")
    work.end("succeeded")
    third = Tab(visitor)
    third.follow(task_id)
    for tab in (first, second, third):
        tab.wait_for_end(task_id)
        assert tab.transcript(task_id) == log_of(desk, task_id)


def test_many_tabs_share_one_connection_and_stay_usable(desk: Stack, visit: Visit) -> None:
    """More tabs than a browser has connections to a host: each hears all and can still ask."""
    visitor = visit(desk)
    tabs = [Tab(visitor) for _ in range(7)]
    task_id = tabs[0].ask()
    for tab in tabs[1:]:
        tab.follow(task_id)
    for tab in tabs:
        tab.wait_for_condition("live")
    work = work_on(desk, task_id)
    for number in range(10):
        work.write(f"piece {number}")
    for tab in tabs:
        assert tab.page.evaluate("fetch('/healthz').then((response) => response.status)") == 200
    assert len(streams(visitor)) == 1
    work.end("succeeded")
    for tab in tabs:
        tab.wait_for_end(task_id)
        assert tab.transcript(task_id) == log_of(desk, task_id)


def test_when_the_leading_tab_closes_another_goes_on_from_its_cursor(
    desk: Stack, visit: Visit
) -> None:
    """The lock passes on by itself, and what was seen is not sent again."""
    visitor = visit(desk)
    first, second = Tab(visitor), Tab(visitor, doubt=600_000)
    task_id = first.ask()
    first.wait_for_condition("live")
    second.follow(task_id)
    work = work_on(desk, task_id)
    work.write("a", "b")
    second.wait_for_messages(task_id, 4)
    first.page.close()
    work.write("c")
    second.wait_for_messages(task_id, 5)
    work.end("succeeded")
    second.wait_for_end(task_id)
    assert second.transcript(task_id) == log_of(desk, task_id)
    opened = streams(visitor)
    assert [bool(headers.get("last-event-id")) for headers in opened] == [False, True]


def test_a_frozen_leading_tab_is_relieved(desk: Stack, visit: Visit) -> None:
    """Phones freeze tabs that are not seen; the one that is takes over."""
    visitor = visit(desk)
    first, second = Tab(visitor), Tab(visitor, leaderSilence=1_500, doubt=600_000)
    task_id = first.ask()
    first.wait_for_condition("live")
    second.follow(task_id)
    second.wait_for_condition("live")
    second.wait_for_messages(task_id, 1)
    first.page.evaluate(FREEZE)
    work = work_on(desk, task_id)
    work.write("a", "b")
    work.end("succeeded")
    second.wait_for_end(task_id)
    assert second.transcript(task_id) == log_of(desk, task_id)
    assert len(streams(visitor)) == 2


def test_without_locks_each_seen_tab_connects_itself(desk: Stack, visit: Visit) -> None:
    """Pages over plain HTTP on another host have none; hidden tabs then give theirs up."""
    visitor = visit(desk)
    visitor.context.add_init_script(WITHOUT_LOCKS)
    first, second = Tab(visitor), Tab(visitor)
    task_id = first.ask()
    second.follow(task_id)
    first.wait_for_condition("live")
    second.wait_for_condition("live")
    first.page.evaluate(SHOW, "hidden")
    first.wait_for_condition("idle")
    work = work_on(desk, task_id)
    work.write("a", "b")
    second.wait_for_messages(task_id, 4)
    first.page.evaluate(SHOW, "visible")
    first.wait_for_messages(task_id, 4)
    first.wait_for_condition("live")
    work.end("succeeded")
    for tab in (first, second):
        tab.wait_for_end(task_id)
        assert tab.transcript(task_id) == log_of(desk, task_id)
    assert len(streams(visitor)) == 3


def test_a_tab_hears_of_jobs_that_another_asked(desk: Stack, visit: Visit) -> None:
    """News has the first message, with the question, so that the tab can follow the job."""
    visitor = visit(desk)
    other = Tab(visitor, news=True)
    other.wait_for_condition("live")
    task_id = Tab(visitor).ask()
    other.wait("told.news.length > 0", "news")
    assert other.news == [[task_id, log_of(desk, task_id)[0]["id"]]]
    other.follow(task_id)
    work = work_on(desk, task_id)
    work.end("succeeded")
    other.wait_for_end(task_id)
    assert other.transcript(task_id) == log_of(desk, task_id)
    assert len(other.news) == 1


def test_a_log_that_is_gone_is_told(desk: Stack, visit: Visit) -> None:
    """Of a task nobody knows, and of one that expires while it is followed."""
    visitor = visit(desk)
    visitor.failures_expected = True
    tab = Tab(visitor, doubt=500, mostDoubt=500)
    tab.follow("4704a851-daa3-45c7-96af-09d15457e6bf")
    task_id = tab.ask()
    tab.wait_for_messages(task_id, 1)
    desk.store.flushall()
    tab.wait_for_condition("idle")
    assert {name: job["gone"] for name, job in told(tab).items()} == {
        "4704a851-daa3-45c7-96af-09d15457e6bf": 1,
        task_id: 1,
    }


def told(tab: Tab) -> dict[str, Any]:
    """All that a tab was told of jobs."""
    found: dict[str, Any] = tab.page.evaluate("told.jobs")
    return found


POSITION = """async (steps) => {
    const { Position } = await import("/static/js/stream/following.js");
    const position = new Position();
    return steps.map((step) => {
        const messages = step.split(" ").map((id) => {
            const seq = Number(id.split("-")[1].split("!")[0]);
            return { id, seq, type: id.endsWith("!") ? "completed" : "insight_delta" };
        });
        const { fresh, missing, restarted } = position.accept(messages);
        const ids = fresh.map((message) => message.id);
        return [...ids, ...(missing ? ["missing"] : []), ...(restarted ? ["restarted"] : [])];
    });
}"""


def test_a_position_takes_only_what_comes_next(desk: Stack, visit: Visit) -> None:
    """Repeats are dropped, gaps told, a log that began anew is taken from its start."""
    steps = {
        "a-0 a-1": ["a-0", "a-1"],
        "a-0 a-1 a-2": ["a-2"],
        "a-5": ["missing"],
        "a-3 a-5": ["a-3", "missing"],
        "b-4": ["missing"],
        "b-0 b-1": ["b-0", "b-1", "restarted"],
        "a-0 a-4": [],
        "b-2!": ["b-2!"],
        "b-3": [],
    }
    taken = visit(desk).blank().evaluate(POSITION, list(steps))
    assert dict(zip(steps, taken, strict=True)) == steps
