"""The page at the whole product: real worker, real answers."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Route, expect

from shared.attempts import Attempts
from shared.jobs import Accepted
from tests.support.axe import WAYS, flaws
from tests.support.browser import Visit
from tests.support.page import Reader
from tests.support.scenes import Scene
from tests.support.stack import Stack
from tests.support.tab import log_of


@WAYS
def test_from_a_question_to_what_it_stands_on(
    stack: Stack, visit: Visit, size: dict[str, int], scheme: str
) -> None:
    """Choose a table, ask, look into the steps, follow a number to its cell, go on, come back."""
    reader = Reader(visit(stack, viewport=size, color_scheme=scheme))
    page = reader.page
    page.get_by_role("radio", name="Seattle weather").click()
    page.locator(".tries .chip").first.click()
    reader.task()
    expect(reader.last(".result")).to_be_visible()
    reader.ask("Which month is the wettest on average?")
    expect(reader.last("canvas")).to_be_visible()
    reader.last(".timeline.past > summary").click()
    reader.last("[data-step=plan] summary").click()
    expect(reader.last("[data-step=plan] pre")).to_contain_text("SELECT")
    cell = reader.last(".num").first.get_attribute("data-cell")
    reader.last(".num").first.click()
    expect(reader.last(f"td[data-cell='{cell}']")).to_be_focused()
    reader.ask("and the driest?")
    expect(reader.last(".num").first).to_be_visible()
    reader.last(".next .chip").first.click()
    expect(page.locator(".turn .result")).to_have_count(4)
    page.reload()
    expect(page.locator(".turn .result")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_question_asked_while_the_page_gets_ready_is_not_lost_from_view(
    stack: Stack, visit: Visit
) -> None:
    """Nor is it asked before it is known who asks: two cookies would be two people."""
    visitor, held = visit(stack), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page = visitor.context.new_page()
    page.route("**/api/datasets", hold)
    page.goto("/")
    page.fill("#question", "How many days did it snow in 2014?")
    page.press("#question", "Enter")
    expect(page.locator(".turn")).to_have_count(1)
    assert not any(request.method == "POST" for request in visitor.requests)
    for route in held:
        route.continue_()
    expect(page.locator(".turn .result")).to_be_visible()
    assert "/c/" in page.url


def test_what_only_a_worker_brings_is_sound(stack: Stack, visit: Visit) -> None:
    """Cards of tables; the list of them; the profile of one; an answer with chart and table."""
    reader = Reader(visit(stack))
    page = reader.page
    page.get_by_role("radio", name="Seattle weather").click()
    expect(page.locator(".tries")).to_be_visible()
    assert flaws(page) == []
    reader.ask("Average max temperature by month")
    expect(reader.last("canvas")).to_be_visible()
    page.get_by_role("button", name="Tables").click()
    expect(page.locator(".tables .card").first).to_be_visible()
    assert flaws(page) == []
    page.locator(".tables .card", has_text="Seattle weather").click()
    expect(page.locator(".histogram").first).to_be_visible()
    assert flaws(page) == []
    page.keyboard.press("Escape")
    assert flaws(page) == []


HARBOUR = "ship,kind,cargo\nAurora,tanker,100\nBorealis,bulk,50\nCastor,bulk,150\nbroken\n"


def dropped(stack: Stack, visit: Visit, text: str) -> Reader:
    """Somebody who has dropped this file onto the page, and sees its profile."""
    reader = Reader(visit(stack))
    # The first answer is cut on its way: it is asked for again.
    reader.page.route("**/profile", lambda cut: cut.fulfill(body="{"), times=1)
    reader.drop("harbour.csv", text)
    expect(reader.page.locator("#panel h2")).to_have_text("Harbour")
    expect(reader.page.locator(".column").first).to_be_visible()
    return reader


def test_a_dropped_file_is_a_table_to_ask_about(stack: Stack, visit: Visit) -> None:
    """What was understood is told, what is left out too; its profile is drawn; it can go."""
    reader = dropped(stack, visit, HARBOUR)
    page = reader.page
    expect(page.locator(".report")).to_contain_text("1 line is not in the table")
    expect(page.locator(".column", has_text="cargo").locator(".histogram")).to_be_visible()
    expect(page.locator(".column", has_text="kind").locator(".top li")).to_have_count(2)
    page.locator(".report summary").click()
    assert flaws(page) == []
    page.get_by_role("button", name="Ask about it").click()
    expect(page.locator("#question")).to_be_focused()
    reader.ask("Average cargo by kind")
    expect(reader.last(".num:has-text('100')")).to_have_count(2)
    page.get_by_role("button", name="Tables").click()
    page.locator(".tables .card", has_text="Harbour").click()
    page.locator("#panel").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".tables .card", has_text="Harbour")).to_have_count(0)


def test_what_people_say_of_their_table_counts_for_the_next_question(
    stack: Stack, visit: Visit
) -> None:
    """By keyboard alone: the title, a unit, other words for a column; it is there next time."""
    reader = dropped(stack, visit, HARBOUR)
    page = reader.page
    describe = page.get_by_role("button", name="Describe")
    describe.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    assert flaws(page) == []
    title, cargo = page.get_by_label("Title"), page.get_by_role("group", name="cargo")
    expect(title).to_have_value("Harbour")
    title.fill("Ships in port")
    cargo.get_by_label("Unit").fill("t")
    cargo.get_by_label("Other words").fill("freight, load")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Ships in port")
    expect(page.locator("#panel h2")).to_be_focused()
    expect(reader.told()).to_have_text("Saved")
    expect(page.locator(".column", has_text="cargo")).to_contain_text("number · t")
    page.keyboard.press("Escape")
    reader.ask("Average freight by kind")
    expect(reader.last(".result .prose")).to_contain_text("100 t")
    expect(reader.last("th.number")).to_contain_text("t")
    page.reload()
    expect(page.locator(".pick option:checked")).to_have_text("Ships in port")


def test_what_is_wrong_with_a_description_is_said_where_it_is(stack: Stack, visit: Visit) -> None:
    """Beside its field, which gets the focus, in the reader's language; nothing typed is lost."""
    visitor = visit(stack, locale="de-DE")
    visitor.failures_expected = True
    reader = Reader(visitor)
    page = reader.page
    reader.drop("harbour.csv", HARBOUR)
    page.get_by_role("button", name="Beschreiben").click()
    page.get_by_label("Titel").fill("  ")
    words = ", ".join(f"w{number}" for number in range(51))
    cargo = page.get_by_role("group", name="cargo")
    cargo.get_by_label("Andere Wörter").fill(words)
    page.get_by_role("button", name="Speichern").click()
    title = page.get_by_label("Titel")
    expect(title).to_be_focused()
    expect(title).to_have_accessible_description("Das darf nicht leer sein.")
    expect(cargo.get_by_label("Andere Wörter")).to_have_accessible_description(
        "Höchstens 50 Wörter."
    )
    expect(cargo.get_by_label("Andere Wörter")).to_have_value(words)
    assert flaws(page) == []
    visitor.context.set_offline(True)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("Server")
    visitor.context.set_offline(False)


def test_a_file_that_is_no_table_is_refused_in_words(stack: Stack, visit: Visit) -> None:
    """The line says why; nothing else has changed."""
    visitor = visit(stack)
    visitor.failures_expected = True
    reader = Reader(visitor)
    reader.page.get_by_role("button", name="Tables").click()
    reader.page.locator(".dropzone input").set_input_files(
        files={"name": "holiday.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    )
    expect(reader.page.locator(".upload.failed")).to_contain_text(".csv")


def test_the_whole_result_is_downloaded(stack: Stack, visit: Visit, tmp_path: Path) -> None:
    """As CSV and as Parquet, by the links under the table."""
    reader = Reader(visit(stack))
    reader.page.get_by_role("radio", name="Seattle weather").click()
    reader.ask("Average max temperature by year")
    for name, start in (("CSV", b"year,"), ("Parquet", b"PAR1")):
        with reader.page.expect_download() as download:
            reader.last(f"data-grid a:has-text('{name}')").click()
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)


def test_a_follow_up_says_what_it_was_read_as_and_a_choice_is_answered(
    stack: Stack, visit: Visit
) -> None:
    """By the built-in planner: the last plan changed, asked back, and the choice's plan run."""
    reader = Reader(visit(stack))
    reader.page.get_by_role("radio", name="Seattle weather").click()
    reader.ask("Average wind by year")
    expect(reader.last("canvas")).to_be_visible()
    reader.ask("only rainy days")
    understood = "Understood as: Average wind by year where weather is rain"
    expect(reader.last(".resolved")).to_have_text(understood)
    reader.ask("what about temperature?")
    expect(reader.last(".choices button")).to_have_count(2)
    choice = reader.last(".choices button").nth(1)
    expect(choice).to_have_text("Average temp min by year where weather is rain")
    choice.click()
    expect(reader.last("data-grid")).to_contain_text("average temp min")
    expect(reader.last(".resolved")).to_have_count(0)


def test_a_job_whose_worker_died_is_taken_over(stack: Stack, visit: Visit) -> None:
    """Its lease runs out, which the page tells in the reader's language; another answers."""
    reader = Reader(visit(stack, locale="es-ES"))
    reader.page.get_by_role("radio", name="Seattle weather").click()
    stack.hold_workers()
    task_id = reader.ask("What was the hottest day?")
    soon = stack.settings.model_copy(update={"lease_s": 1.0})
    dying = Scene(stack.jobs, Attempts(stack.store, soon), Accepted(task_id, "", known=False))
    dying.claimed()
    dying.write("Half an ans")
    expect(reader.last(".streaming")).to_have_text("Half an ans")
    stack.release_workers()
    expect(reader.last(".result .prose")).to_contain_text("35")
    assert [event["type"] for event in log_of(stack, task_id)].count("retrying") == 1
    expect(reader.told()).to_contain_text("35")
