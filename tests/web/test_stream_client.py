"""The client library in a real browser against the real API: each message once, to the end."""

from __future__ import annotations

from tests.support.browser import Visit
from tests.support.stack import Stack
from tests.support.tab import Tab, log_of, work_on


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
