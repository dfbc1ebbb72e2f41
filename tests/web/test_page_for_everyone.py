"""The page works for everyone: by keyboard, by ear, in their language, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import Visit, Visitor
from tests.support.page import Played, Reader
from tests.support.proxy import Proxy
from tests.support.stack import Stack

FIRST_LOAD_BYTES = 60_000
FIRST_LOAD_REQUESTS = 50
#: What the first answer brings: its modules, and the libraries that draw its chart.
WITH_CHART_BYTES = 330_000
#: A page that has been here before asks whether anything has changed: this is the heads of the
#: answers, of all connections.
AGAIN_BYTES = 60_000


def test_people_who_listen_hear_steps_and_the_answer_not_each_word(
    desk: Stack, visit: Visit
) -> None:
    """The status region changes a few times while a hundred pieces of text arrive."""
    reader = Reader(visit(desk))
    reader.page.evaluate(
        """() => { window.heard = []; new MutationObserver(() =>
            heard.push(document.getElementById('said').textContent))
            .observe(document.getElementById('said'), { childList: true }) }"""
    )
    work = Played(desk, reader.ask())
    work.begin("insight")
    for number in range(100):
        work.say(f"word{number} ")
    expect(reader.last(".streaming")).to_contain_text("word99")
    work.answer()
    expect(reader.told()).to_contain_text("November is the wettest")
    heard: list[str] = reader.page.evaluate("heard")
    assert len(heard) <= 4
    assert not any("word" in sentence for sentence in heard)


def test_everything_can_be_done_by_keyboard(desk: Stack, visit: Visit) -> None:
    """`/` to the question, Shift+Enter for a line, arrows for what was asked, focus comes back."""
    reader = Reader(visit(desk))
    page, box = reader.page, reader.page.locator("#question")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("One")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("line")
    expect(box).to_have_value("One\nline")
    page.keyboard.press("Enter")
    Played(desk, reader.task()).answer()
    expect(reader.last(".result")).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("One\nline")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_value("")
    log = reader.last("[aria-label='Log of this question']")
    log.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(log).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()


def test_the_page_speaks_the_readers_language(desk: Stack, visit: Visit) -> None:
    """By the browser's wish or by choice, figures included; the choice is kept."""
    reader = Reader(visit(desk, locale="de-DE"))
    expect(reader.page.locator(".hero")).to_have_text("Was möchtest du wissen?")
    Played(desk, reader.ask()).answer()
    expect(reader.last("td.number").first).to_have_text("5,35")
    reader.page.locator(".language select").select_option("es")
    expect(reader.page.locator("html")).to_have_attribute("lang", "es")
    expect(reader.last("td.number").first).to_have_text("5,35")
    reader.page.reload()
    expect(reader.page.locator("#question")).to_have_attribute("placeholder", "Haz otra pregunta")


def test_a_chosen_theme_is_kept(desk: Stack, visit: Visit) -> None:
    """Dark on a light system, from the first paint on."""
    reader = Reader(visit(desk, color_scheme="light"))
    ink = "() => getComputedStyle(document.body).backgroundColor"
    light = reader.page.evaluate(ink)
    reader.page.locator("[aria-label='Dark']").click()
    dark = reader.page.evaluate(ink)
    reader.page.reload()
    assert reader.page.evaluate(ink) == dark != light


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_people_who_want_no_motion(
    desk: Stack, visit: Visit, motion: str
) -> None:
    """While a step runs something moves, but only for those who don't mind."""
    reader = Reader(visit(desk, reduced_motion=motion))
    Played(desk, reader.ask()).begin("intent")
    expect(reader.last("[data-step=intent].now")).to_be_visible()
    endless = """document.getAnimations().some(
        ({ effect }) => effect.getComputedTiming().iterations === Infinity)"""
    assert reader.page.evaluate(endless) == (motion == "no-preference")


def test_nothing_overflows(desk: Stack, visit: Visit) -> None:
    """On the narrowest phone: no sideways scrolling, and what is to press fits a finger."""
    reader = Reader(visit(desk, viewport={"width": 320, "height": 568}, has_touch=True))
    work = Played(desk, reader.ask())
    work.steps()
    work.answer()
    expect(reader.last("canvas")).to_be_visible()
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert reader.page.evaluate(
        """() => { const scroll = document.getElementById('scroll');
            return scroll.scrollWidth <= scroll.clientWidth }"""
    )
    small = reader.page.evaluate(
        """() => [...document.querySelectorAll('button, select, .composer textarea')]
            .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > 0)
            .filter((node) => node.getBoundingClientRect().height < 24)
            .map((node) => node.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_the_page_keeps_to_its_budget(desk: Stack, proxy: Proxy, visit: Visit) -> None:
    """Bytes and requests of the first load, and of all there is to an answer with a chart."""
    visitor = visit(proxy)
    reader = Reader(visitor)
    expect(reader.page.locator("#question")).to_be_visible()
    loaded = transferred(visitor)
    assert sum(loaded.values()) < FIRST_LOAD_BYTES, loaded
    assert len(loaded) <= FIRST_LOAD_REQUESTS
    assert not any("vega" in url or "panels" in url for url in loaded)
    Played(desk, reader.ask()).answer()
    expect(reader.last("canvas")).to_be_visible()
    loaded = transferred(visitor)
    assert sum(loaded.values()) < WITH_CHART_BYTES, loaded
    before = proxy.passed
    reader.page.reload()
    expect(reader.last("canvas")).to_be_visible()
    assert proxy.passed - before < AGAIN_BYTES


def transferred(visitor: Visitor) -> dict[str, int]:
    """The bytes of each answer since the last time, by its address; none is asked for twice."""
    done = [
        request
        for request in visitor.requests
        if not request.url.endswith("/api/stream") and request.response() is not None
    ]
    visitor.requests.clear()
    urls = [request.url for request in done if "/static/" in request.url]
    assert len(urls) == len(set(urls))
    return {request.url: request.sizes()["responseBodySize"] for request in done}
