"""The page at the whole product: real worker, real answers."""

from __future__ import annotations

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
