"""The page at the whole product: real worker, real answers."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.support.axe import WAYS, violations
from tests.support.browser import Visit
from tests.support.page import Reader
from tests.support.stack import Stack


@WAYS
def test_nothing_stands_in_anybodys_way(
    stack: Stack, visit: Visit, size: dict[str, int], scheme: str
) -> None:
    """Axe finds nothing in the main states of the page, at the real product."""
    reader = Reader(visit(stack, viewport=size, color_scheme=scheme, reduced_motion="reduce"))
    reader.page.get_by_role("radio", name="Seattle weather").click()
    expect(reader.page.locator(".tries")).to_be_visible()
    assert violations(reader.page) == []
    reader.ask("Which month is the wettest on average?")
    expect(reader.last("canvas")).to_be_visible()
    reader.last(".timeline.past > summary").click()
    reader.last("[data-step=plan] summary").click()
    assert violations(reader.page) == []
    reader.last("[aria-label='Log of this question']").click()
    expect(reader.page.locator(".event").first).to_be_visible()
    assert violations(reader.page) == []
    reader.page.keyboard.press("Escape")
    reader.page.locator("#head button:has-text('Tables'), #head [aria-label='Tables']").click()
    reader.page.locator(".tables .card").first.click()
    expect(reader.page.locator(".columns")).to_be_visible()
    assert violations(reader.page) == []
    reader.page.keyboard.press("Escape")
    reader.ask("What is the weather like on Mars?")
    expect(reader.last(".result.refused")).to_be_visible()
    assert violations(reader.page) == []


DROP = """(text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'harbour.csv', { type: 'text/csv' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
}"""
HARBOUR = "ship,kind,cargo\nAurora,tanker,100\nBorealis,bulk,50\nCastor,bulk,150\nbroken\n"


def test_a_dropped_file_is_a_table_to_ask_about(stack: Stack, visit: Visit) -> None:
    """What was understood is told, what is left out too; its profile is drawn; it can go."""
    reader = Reader(visit(stack))
    page = reader.page
    page.evaluate(DROP, HARBOUR)
    expect(page.locator("#panel h2")).to_have_text("Harbour")
    expect(page.locator(".report")).to_contain_text("1 line is not in the table")
    expect(page.locator(".column", has_text="cargo").locator(".histogram")).to_be_visible()
    expect(page.locator(".column", has_text="kind").locator(".top li")).to_have_count(2)
    page.get_by_role("button", name="Ask about it").click()
    expect(page.locator("#question")).to_be_focused()
    reader.ask("Average cargo by kind")
    expect(reader.last(".num:has-text('100')")).to_have_count(2)
    page.get_by_role("button", name="Tables").click()
    page.locator(".tables .card", has_text="Harbour").click()
    page.locator("#panel").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".tables .card", has_text="Harbour")).to_have_count(0)


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
