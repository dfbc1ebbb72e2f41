"""When things go wrong the page says so in one line, says what happens next, and recovers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Route, expect

from shared.events import EventType, body, retrying_body
from tests.support.browser import Visit, Visitor
from tests.support.page import Played, Reader
from tests.support.processes import wait_until
from tests.support.proxy import Proxy
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def running_strict(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An API that takes one question at a time of each person, and soon forgets."""
    limits = {"USER_MAX_ACTIVE": "1", "RESULT_TTL_S": "1", "LEASE_S": "600"}
    made = Stack(valkey_url, tmp_path_factory.mktemp("strict"), **limits)
    try:
        made.start_api()
        yield made
    finally:
        made.stop()


@pytest.fixture
def strict(running_strict: Stack, store: redis.Redis) -> Stack:
    """The same, empty."""
    return running_strict


def in_the_middle(stack: Stack, visit: Visit) -> tuple[Visitor, Reader, Played]:
    """A page at which the first word of an answer has come."""
    visitor = visit(stack)
    visitor.failures_expected = True
    reader = Reader(visitor)
    work = Played(stack, reader.ask())
    work.begin("insight")
    work.say("One ")
    expect(reader.last(".streaming")).to_have_text("One ")
    return visitor, reader, work


def test_offline_and_back(desk: Stack, visit: Visit) -> None:
    """A line says so; what happened meanwhile is there afterwards, once."""
    visitor, reader, work = in_the_middle(desk, visit)
    visitor.context.set_offline(True)
    expect(reader.page.locator(".notice")).to_contain_text("You are offline")
    work.say("two ")
    work.say("three")
    visitor.context.set_offline(False)
    expect(reader.last(".streaming")).to_have_text("One two three")
    expect(reader.page.locator(".notice")).to_have_count(0)
    work.answer()
    expect(reader.last(".result")).to_be_visible()


def test_a_question_that_cannot_be_sent_is_kept_and_sent_once(desk: Stack, visit: Visit) -> None:
    """Asked offline, it waits for the network, with a countdown; Stop takes it back."""
    visitor = visit(desk)
    visitor.failures_expected = True
    reader = Reader(visitor)
    visitor.context.set_offline(True)
    reader.page.fill("#question", "Kept?")
    reader.page.press("#question", "Enter")
    expect(reader.last("[data-step=sending]")).to_contain_text("Your question is kept")
    visitor.context.set_offline(False)
    Played(desk, reader.task()).answer()
    expect(reader.last(".result")).to_be_visible()
    reader.page.reload()
    expect(reader.page.locator(".turn .question")).to_have_text(["Kept?"])
    visitor.context.set_offline(True)
    reader.page.fill("#question", "Taken back?")
    reader.page.press("#question", "Enter")
    expect(reader.last("[data-step=sending]")).to_contain_text("Your question is kept")
    reader.page.keyboard.press("Escape")
    expect(reader.last(".ending.stopped")).to_be_visible()


def test_a_stop_reaches_a_question_whose_answer_was_lost(desk: Stack, visit: Visit) -> None:
    """The server took it, the page never heard so: the Stop is not only the page's."""
    visitor = visit(desk)
    visitor.failures_expected = True
    reader = Reader(visitor)
    taken: list[str] = []

    def lose_answer(route: Route) -> None:
        taken.append(route.fetch().json()["task_id"])
        route.abort()

    reader.page.route("**/api/chat", lose_answer, times=1)
    reader.page.fill("#question", "Unheard?")
    reader.page.press("#question", "Enter")
    expect(reader.last("[data-step=sending]")).to_contain_text("Your question is kept")
    reader.page.keyboard.press("Escape")
    expect(reader.last(".ending.stopped")).to_be_visible()
    wait_until(lambda: desk.log.read(taken[0], -1)[-1].type == "cancelled", "the job to be stopped")


def test_more_questions_than_allowed_wait_their_turn(strict: Stack, visit: Visit) -> None:
    """429 with Retry-After: the page counts down and sends it when there is room."""
    visitor = visit(strict)
    visitor.failures_expected = True
    reader = Reader(visitor)
    first = Played(strict, reader.ask("First?"))
    reader.page.fill("#question", "Second?")
    reader.page.press("#question", "Enter")
    expect(reader.last("[data-step=sending]")).to_contain_text("waits for its turn")
    first.answer()
    Played(strict, reader.task()).answer()
    expect(reader.page.locator(".result")).to_have_count(2)


def test_a_server_that_is_gone_comes_back(strict: Stack, visit: Visit) -> None:
    """Its process is killed and started again: a line says so, and the answer goes on, once."""
    _, reader, work = in_the_middle(strict, visit)
    assert strict.api is not None
    strict.api.kill()
    expect(reader.page.locator(".notice")).to_contain_text("Reconnecting; nothing will be missed")
    work.say("two")
    strict.start_api()
    expect(reader.last(".streaming")).to_have_text("One two")
    expect(reader.page.locator(".notice")).to_have_count(0)
    work.answer()
    expect(reader.last(".result")).to_be_visible()


def test_a_proxy_that_buffers_is_got_round(desk: Stack, proxy: Proxy, visit: Visit) -> None:
    """A line says what is the matter; what happens comes all the same."""
    proxy.hold_after = 0
    visitor = visit(proxy)
    visitor.failures_expected = True
    reader = Reader(visitor)
    work = Played(desk, reader.ask())
    work.begin("insight")
    work.say("All of it")
    expect(reader.page.locator(".notice")).to_contain_text("holds the live stream back")
    expect(reader.last(".streaming")).to_have_text("All of it")
    work.answer()
    expect(reader.last(".result")).to_be_visible()


def test_an_answer_outlives_its_log(strict: Stack, visit: Visit) -> None:
    """The log expires after a second; the answer and how it was worked out are still there."""
    reader = Reader(visit(strict))
    task_id = reader.ask()
    work = Played(strict, task_id)
    work.steps()
    work.answer()
    expect(reader.last(".result")).to_be_visible()
    wait_until(lambda: not strict.log.read(task_id, -1), "the log to expire")
    reader.page.reload()
    expect(reader.last(".result .prose")).to_contain_text("5.35")
    expect(reader.last(".timeline.past > summary")).to_contain_text("How it was worked out")


def test_a_conversation_that_is_not_there_is_said_so(desk: Stack, visit: Visit) -> None:
    """Somebody else's, or deleted: the same sentence, and a way on."""
    visitor = visit(desk)
    visitor.failures_expected = True
    reader = Reader(visitor, f"/c/{'0' * 24}")
    expect(reader.page.locator(".intro")).to_contain_text("no such conversation")


def test_a_lost_worker_and_a_place_in_the_queue_are_told(desk: Stack, visit: Visit) -> None:
    """Waiting says which place; another try says why, and does not repeat the text."""
    reader = Reader(visit(desk))
    task_id = reader.ask()
    work = Played(desk, task_id)
    place = {"place": 3, "expected_start_s": 12, "workers": 1}
    work.begin("insight")
    work.say("Half an ans")
    expect(reader.last(".streaming")).to_be_visible()
    work.finish("retrying", retrying_body("worker_lost", "Its worker was lost.", 0))
    expect(reader.last("[data-step=retrying]")).to_contain_text("another takes over")
    again = Played(desk, task_id)
    again.tell_all([body(EventType.WAITING, "Third in the queue", place)])
    expect(reader.last("[data-step=waiting]")).to_contain_text("Number 3 in the queue")
    expect(reader.last("[data-step=waiting]")).to_contain_text("starts in about 12")
    again.tell_all([body(EventType.WAITING, "None is running", place | {"workers": 0})])
    expect(reader.last("[data-step=waiting]")).to_contain_text("none is running at the moment")
    again.begin("insight")
    again.say("A whole answer")
    expect(reader.last(".streaming")).to_have_text("A whole answer")
    again.answer()
    expect(reader.last(".result")).to_be_visible()
