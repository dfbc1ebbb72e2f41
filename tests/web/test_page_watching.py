"""A person at the page asks and watches; the test plays the worker."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from shared.events import cancelled_body, failed_body
from shared.jobs import JobState
from tests.support.browser import PHONE, Visit
from tests.support.page import Played, Reader, result
from tests.support.processes import wait_until
from tests.support.stack import Stack
from tests.support.tab import log_of


def test_the_work_is_seen_as_it_happens(desk: Stack, visit: Visit) -> None:
    """Waiting, each step with what it found, text as it comes, then the answer."""
    visitor = visit(desk)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader = Reader(visitor)
    task_id = reader.ask()
    expect(reader.last("[data-step=waiting]")).to_be_visible()
    work = Played(desk, task_id)
    work.begin("intent")
    expect(reader.last("[data-step=intent].now time")).to_be_visible()
    work.find("intent")
    work.find("plan")
    expect(reader.last("[data-step=plan].done .step-note")).to_have_text(
        "average precipitation by month"
    )
    reader.last("[data-step=plan] summary").click()
    expect(reader.last("[data-step=plan] pre b")).to_have_text(["SELECT", "FROM"])
    reader.last("[data-step=plan] .copy").click()
    expect(reader.told()).to_have_text("Copied")
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied == 'SELECT month("date") FROM "seattle-weather"'
    reader.last("[data-step=intent] summary").click()
    expect(reader.last("[data-step=intent] dl")).to_contain_text("93%")
    work.find("query")
    work.begin("insight")
    work.say("November is ")
    work.say("the wettest")
    expect(reader.last(".streaming")).to_have_text("November is the wettest")
    expect(reader.last(".reply")).to_have_attribute("aria-busy", "true")
    work.answer()
    expect(reader.last(".result .prose")).to_contain_text("5.35 mm over 1,461 days")
    expect(reader.last(".reply")).to_have_attribute("aria-busy", "false")
    expect(reader.last(".timeline.past > summary")).to_contain_text("4 steps")


def test_something_is_shown_before_the_server_has_answered(desk: Stack, visit: Visit) -> None:
    """The question and that it is on its way, while the request still hangs."""
    reader = Reader(visit(desk))
    reader.page.route("**/api/chat", lambda _route: None)
    reader.page.fill("#question", "Which month is the wettest?")
    reader.page.press("#question", "Enter")
    expect(reader.last(".question")).to_have_text("Which month is the wettest?")
    expect(reader.last("[data-step=sending]")).to_be_visible()


def test_a_reload_in_the_middle_shows_the_same_without_a_repeat(
    desk: Stack, visit: Visit, tmp_path: Path
) -> None:
    """The page's transcript is the log, message for message."""
    reader = Reader(visit(desk))
    task_id = reader.ask()
    work = Played(desk, task_id)
    work.steps()
    work.say("Half of ")
    expect(reader.last(".streaming")).to_have_text("Half of ")
    reader.page.reload()
    expect(reader.last(".streaming")).to_have_text("Half of ")
    work.say("it.")
    expect(reader.last(".streaming")).to_have_text("Half of it.")
    work.answer()
    expect(reader.last(".result")).to_be_visible()
    assert reader.transcript(tmp_path) == log_of(desk, task_id)


def test_a_second_tab_and_a_phone_see_the_same_live(desk: Stack, visit: Visit) -> None:
    """The conversation at its own address, and a question that is asked in the first tab."""
    visitor = visit(desk)
    one = Reader(visitor)
    first = Played(desk, one.ask("First?"))
    address = one.page.url.removeprefix(desk.url)
    same = visitor.context.storage_state()
    phone = visit(desk, viewport=PHONE, color_scheme="dark", has_touch=True, storage_state=same)
    others = [Reader(visitor, address), Reader(phone, address)]
    first.steps()
    for reader in (one, *others):
        expect(reader.last("[data-step=insight]")).to_be_visible()
    first.answer()
    for reader in (one, *others):
        expect(reader.last(".result")).to_be_visible()
    second = Played(desk, one.ask("Second?"))
    for reader in others:
        expect(reader.page.locator(".turn")).to_have_count(2)
    second.answer()
    for reader in others:
        expect(reader.last(".result")).to_be_visible()


def test_escape_stops_and_what_was_found_is_kept(desk: Stack, visit: Visit) -> None:
    """The worker hears of it; the page says what was done, and offers to ask again."""
    reader = Reader(visit(desk))
    task_id = reader.ask()
    work = Played(desk, task_id)
    work.find("intent")
    work.begin("insight")
    work.say("So far")
    expect(reader.last(".streaming")).to_have_text("So far")
    reader.page.keyboard.press("Escape")
    claim = work.scene.claim
    assert claim is not None
    wait_until(
        lambda: (
            (job := desk.jobs.load(task_id, claim.job.owner)) is not None
            and job.state == JobState.CANCELLING
        ),
        "the stop to reach the job",
    )
    expect(reader.page.locator(".composer .stop")).to_be_disabled()
    work.finish("cancelled", cancelled_body("user"))
    expect(reader.last(".ending.stopped")).to_contain_text("So far")
    expect(reader.last("[data-step=intent]")).to_be_attached()


def test_a_failure_is_told_and_asked_again(desk: Stack, visit: Visit) -> None:
    """The new try stands in the place of the old one, which can still be looked at."""
    reader = Reader(visit(desk))
    work = Played(desk, reader.ask())
    work.finish("failed", failed_body("model_unavailable", "The model did not answer."))
    expect(reader.last(".ending.failed")).to_contain_text("try after try")
    reader.last(".ending .button").click()
    expect(reader.last(".versions")).to_contain_text("2/2")
    Played(desk, reader.task()).answer()
    expect(reader.last(".result")).to_be_visible()
    reader.last("[aria-label='Previous version']").click()
    expect(reader.last(".ending.failed")).to_be_visible()


def test_an_edited_question_is_a_branch_of_its_own(desk: Stack, visit: Visit) -> None:
    """What followed the old version stays with it; both survive a reload."""
    reader = Reader(visit(desk))
    for question in ("One?", "Two?"):
        Played(desk, reader.ask(question)).answer()
        expect(reader.last(".result")).to_be_visible()
    reader.page.locator(".turn:first-child [aria-label='Edit the question']").click()
    reader.page.fill("form.edit textarea", "Another?")
    reader.page.press("form.edit textarea", "Enter")
    expect(reader.page.locator(".turn .question")).to_have_text(["Another?"])
    Played(desk, reader.task()).answer()
    expect(reader.last(".result")).to_be_visible()
    reader.page.reload()
    expect(reader.page.locator(".turn .question")).to_have_text(["Another?"])
    reader.last("[aria-label='Previous version']").click()
    expect(reader.page.locator(".turn .question")).to_have_text(["One?", "Two?"])


def test_several_questions_are_worked_on_at_once(desk: Stack, visit: Visit) -> None:
    """Each gets its own answer, in whichever order they come."""
    reader = Reader(visit(desk))
    first, second = (Played(desk, reader.ask(text)) for text in ("First?", "Second?"))
    second.answer(result(answer="Two.", parts=[{"text": "Two."}]))
    expect(reader.last(".result .prose")).to_have_text("Two.")
    first.answer(result(answer="One.", parts=[{"text": "One."}]))
    expect(reader.page.locator(".result .prose")).to_have_text(["One.", "Two."])
