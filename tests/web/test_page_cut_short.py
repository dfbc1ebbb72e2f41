"""What was cut on its way is asked for again, and the page says that it waits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.support.browser import Visit, Visitor
from tests.support.page import Played, Reader
from tests.support.stack import Stack

#: Asks on an empty page; tells how it ended.
ASKED = """async ([address, options, silenceMs]) => {
    const { request } = await import('/static/js/stream/request.js');
    const read = async () => (await request(address, options, silenceMs)).text();
    return read().then(() => 'read', () => 'ended');
}"""
NETWORK_IS_BACK = "dispatchEvent(new Event('online'))"


def cut_body(route: Route) -> None:
    """The first bytes of an answer, and no more."""
    route.fulfill(body='{"cut": [', content_type="application/json")


def lost(route: Route) -> None:
    """No answer."""
    route.abort()


def expecting(visit: Visit, stack: Stack) -> Visitor:
    """Somebody whose requests may fail."""
    visitor = visit(stack)
    visitor.failures_expected = True
    return visitor


def test_every_answer_that_is_cut_is_asked_for_again(desk: Stack, visit: Visit) -> None:
    """The words, the tables, the conversation, the list of them."""
    visitor = expecting(visit, desk)
    reader = Reader(visitor)
    Played(desk, reader.ask("How wet is it?")).answer()
    expect(reader.last(".result")).to_be_visible()
    page, titles = reader.page, reader.page.locator(".conversation a")
    expect(titles).to_have_text(["How wet is it?"])
    for answer in ("i18n/en.json", "api/datasets", "api/conversations/*", "api/conversations?*"):
        visitor.context.route(f"**/{answer}", cut_body, times=1)
    page.reload()
    expect(page.locator(".notice")).to_contain_text("does not answer")
    page.evaluate(NETWORK_IS_BACK)
    expect(page.locator(".intro")).to_contain_text("does not answer")
    page.evaluate(NETWORK_IS_BACK)
    expect(reader.last(".result")).to_be_visible()
    expect(titles).to_have_text(["How wet is it?"])
    expect(page.locator(".notice")).to_have_count(0)


def test_a_file_whose_answer_is_cut_is_said_not_to_have_come(desk: Stack, visit: Visit) -> None:
    """Also when it is the part of the page that sends files which did not come."""
    visitor = expecting(visit, desk)
    reader = Reader(visitor)
    visitor.context.route("**/js/uploads.js", lost, times=1)
    reader.drop("ships.csv", "ship\nAurora\n")
    expect(reader.told()).to_contain_text("could not be reached")
    visitor.context.route("**/api/datasets", cut_body, times=1)
    reader.drop("ships.csv", "ship\nAurora\n")
    expect(reader.page.locator("#panel")).to_contain_text("could not be reached")


@pytest.mark.parametrize("part", ["js/chat.js", "css/base.css"])
def test_a_page_that_did_not_come_whole_says_so_and_is_fetched_again(
    desk: Stack, visit: Visit, part: str
) -> None:
    """A module that others need, and a style sheet; nobody has to do anything."""
    visitor = expecting(visit, desk)
    visitor.context.route(f"**/{part}", lost)
    page = visitor.open()
    expect(page.locator("#late")).to_be_visible()
    visitor.context.unroute(f"**/{part}")
    expect(page.locator("#late")).to_be_hidden()
    page.wait_for_selector("html[data-ready]")


def test_a_part_that_comes_later_is_fetched_again(desk: Stack, visit: Visit) -> None:
    """The panel: a module that its own needs, and its style sheet."""
    visitor = expecting(visit, desk)
    page = Reader(visitor).page
    for part in ("js/elements/data_grid.js", "css/panels.css"):
        visitor.context.route(f"**/{part}", lost, times=1)
    page.get_by_role("button", name="Tables").click()
    expect(page.locator("#panel h2")).to_be_visible()


def test_a_request_has_an_end(desk: Stack, visit: Visit) -> None:
    """Whether nothing comes at all or nothing more; what comes in time is read."""
    visitor = expecting(visit, desk)
    page = visitor.blank()
    assert page.evaluate(ASKED, ["/api/datasets", {}, 30_000]) == "read"
    stream = {"headers": {"Accept": "text/event-stream"}}
    assert page.evaluate(ASKED, ["/api/stream", stream, 100]) == "ended"
    visitor.context.route("**/healthz", lambda _: None)
    assert page.evaluate(ASKED, ["/healthz", {}, 100]) == "ended"
