"""Each state of the page is sound: axe finds nothing wrong, and nothing is wider than its place.

Wide and on a phone, in light and in dark; the states that need a worker are beside the product.
"""

from __future__ import annotations

from playwright.sync_api import expect

from shared.events import cancelled_body, failed_body, retrying_body
from tests.support.axe import flaws
from tests.support.browser import Visit
from tests.support.page import Played, Reader, result, words_only
from tests.support.stack import Stack

KINDS = ("empty", "truncated", "refused", "out_of_data", "timed_out", "failed", "clarification")
REASONS = ("deadline_passed", "query_refused", "query_failed")


def test_while_a_question_is_worked_on(desk: Stack, visit: Visit) -> None:
    """Nothing asked yet; in the queue; each step open; text that grows; another try; the answer."""
    reader = Reader(visit(desk))
    assert flaws(reader.page) == []
    task_id = reader.ask()
    expect(reader.last("[data-step=waiting]")).to_be_visible()
    assert flaws(reader.page) == []
    work = Played(desk, task_id)
    work.steps()
    work.say("November is ")
    expect(reader.last(".streaming")).to_be_visible()
    for summary in reader.last(".stops summary").all():
        summary.click()
    expect(reader.last("pre")).to_be_visible()
    assert flaws(reader.page) == []
    work.finish("retrying", retrying_body("model_unavailable", "It did not answer.", 0))
    expect(reader.last("[data-step=retrying]")).to_be_visible()
    assert flaws(reader.page) == []
    Played(desk, task_id).answer(result(resolved_question="Which month is it, then?"))
    expect(reader.last("canvas")).to_be_visible()
    reader.last(".coverage summary").click()
    assert flaws(reader.page) == []
    reader.last("[aria-label='Edit the question']").click()
    expect(reader.page.locator("form.edit textarea")).to_be_focused()
    assert flaws(reader.page) == []


def test_answers_that_are_none(desk: Stack, visit: Visit) -> None:
    """Each kind, and each end of a job that gave no answer."""
    reader = Reader(visit(desk))
    for kind in KINDS:
        Played(desk, reader.ask(kind)).answer(words_only(kind, "It is so.", suggestions=["So?"]))
        expect(reader.last(".kind")).to_be_visible()
    for reason in REASONS:
        Played(desk, reader.ask(reason)).finish("failed", failed_body(reason, "It went wrong."))
        expect(reader.last(".ending")).to_be_visible()
    Played(desk, reader.ask("stopped")).finish("cancelled", cancelled_body("plan"))
    expect(reader.last(".ending.stopped")).to_be_visible()
    assert flaws(reader.page) == []


def test_offline_and_what_is_not_there(desk: Stack, visit: Visit) -> None:
    """A question that waits for the network; the line that says so; no such conversation."""
    visitor = visit(desk)
    visitor.failures_expected = True
    reader = Reader(visitor)
    Played(desk, reader.ask()).begin("intent")
    visitor.context.set_offline(True)
    reader.page.fill("#question", "Kept?")
    reader.page.press("#question", "Enter")
    expect(reader.last("[data-step=sending]")).to_contain_text("Your question is kept")
    expect(reader.page.locator(".notice")).to_be_visible()
    assert flaws(reader.page) == []
    visitor.context.set_offline(False)
    lost = Reader(visitor, f"/c/{'0' * 24}")
    expect(lost.page.locator(".intro")).to_contain_text("no such conversation")
    assert flaws(lost.page) == []


def test_what_opens_over_the_page(desk: Stack, visit: Visit) -> None:
    """Each dialog."""
    reader = Reader(visit(desk))
    page = reader.page
    Played(desk, reader.ask()).answer()
    expect(reader.last(".result")).to_be_visible()
    page.locator("#question").blur()
    for opening in (
        lambda: page.keyboard.press("?"),
        lambda: reader.last("[aria-label='Bad answer']").click(),
        lambda: page.locator(".conversation [aria-label^='Delete']").dispatch_event("click"),
    ):
        opening()
        expect(page.locator("dialog[open]")).to_be_visible()
        assert flaws(page) == []
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


def test_what_stands_beside_the_conversation(desk: Stack, visit: Visit) -> None:
    """The list of conversations, searched and with a title being changed; the log of a job."""
    reader = Reader(visit(desk))
    page = reader.page
    Played(desk, reader.ask()).answer()
    expect(reader.last(".result")).to_be_visible()
    page.evaluate("document.documentElement.dataset.sidebar = 'open'")
    page.locator(".search input").fill("nothing like it")
    expect(page.locator(".conversations .quiet")).to_be_visible()
    assert flaws(page) == []
    page.locator(".search input").fill("")
    page.locator(".conversation").hover()
    page.get_by_label("Rename “").click()
    expect(page.locator("input.rename")).to_be_focused()
    assert flaws(page) == []
    page.keyboard.press("Escape")
    reader.last("[aria-label='Log of this question']").click()
    page.locator(".event").first.click()
    expect(page.locator(".event-data")).to_be_visible()
    assert flaws(page) == []
