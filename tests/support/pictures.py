"""The pictures of the page in docs/images, made by `bin/screenshots` from the running product."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect

from cli import valkey
from shared.settings import CHECKOUT, Settings
from tests.support.browser import PHONE, Visitor, launched
from tests.support.page import Played, Reader
from tests.support.processes import free_port
from tests.support.stack import Stack

IMAGES = CHECKOUT / "docs/images"
WIDE = {"width": 1280, "height": 800}
SETTLED_MS = 700  # for motion and charts: nothing is tested here
SHIPS = "ship,kind,cargo\nAurora,tanker,100\nBorealis,bulk,50\nCastor,bulk,150\n"
QUESTION = "Which month is the wettest on average?"


@contextmanager
def stack_in(folder: Path) -> Iterator[Stack]:
    """An API over a Valkey of its own; no worker yet."""
    settings = Settings(data_dir=folder, valkey_port=free_port())
    server = valkey.start(settings)
    valkey.wait_ready(settings)
    made = Stack(settings.broker_url, folder)
    try:
        made.start_api()
        yield made
    finally:
        made.stop()
        server.terminate()
        server.wait(10)


class Camera:
    """One visitor, and pictures of what they see."""

    def __init__(self, browser: Browser, stack: Stack, size: dict[str, int], scheme: str) -> None:
        self.visitor = Visitor(browser, stack.url, viewport=size, color_scheme=scheme)
        self.reader = Reader(self.visitor)

    def shoot(self, name: str) -> None:
        """One picture."""
        self.reader.page.wait_for_timeout(SETTLED_MS)
        self.reader.page.screenshot(path=IMAGES / f"{name}.png")

    def choose(self) -> None:
        """The table that the pictures are about."""
        self.reader.page.get_by_role("radio", name="Seattle weather").click()
        expect(self.reader.page.locator(".tries")).to_be_visible()

    def answered(self) -> None:
        """Ask, and wait for the chart of the answer."""
        self.reader.ask(QUESTION)
        expect(self.reader.last("canvas")).to_be_visible()


def at_work(browser: Browser, stack: Stack) -> None:
    """While a question is worked on; nobody but this plays the worker."""
    camera = Camera(browser, stack, WIDE, "light")
    work = Played(stack, camera.reader.ask(QUESTION))
    work.find("intent")
    work.find("plan")
    work.begin("query")
    camera.shoot("working")
    work.find("query")
    work.answer()


def with_a_worker(browser: Browser, stack: Stack) -> None:
    """The page at the whole product, wide and light, then on a phone and dark."""
    camera = Camera(browser, stack, WIDE, "light")
    page = camera.reader.page
    camera.choose()
    camera.shoot("start")
    camera.answered()
    page.mouse.move(0, 0)
    camera.shoot("answer")
    camera.reader.last(".timeline.past > summary").click()
    camera.reader.last("[data-step=plan] summary").click()
    camera.shoot("steps")
    camera.reader.ask("Temperature by month")
    expect(camera.reader.last(".choices")).to_be_visible()
    camera.shoot("clarification")
    page.get_by_role("button", name="Tables").click()
    page.locator(".tables .card", has_text="Seattle weather").click()
    expect(page.locator(".histogram").first).to_be_visible()
    camera.shoot("table")
    camera.reader.drop("ships-in-port.csv", SHIPS)
    page.get_by_role("button", name="Describe").click()
    page.get_by_label("What the table is about").fill("Ships that lay in port, and their cargo")
    page.get_by_role("group", name="ship").get_by_label("Other words").fill("vessel, boat")
    page.locator("#panel").evaluate("(panel) => panel.scrollTo(0, 0)")
    camera.shoot("describe")
    dark = Camera(browser, stack, WIDE, "dark")
    dark.choose()
    dark.answered()
    dark.shoot("answer-dark")
    phone = Camera(browser, stack, PHONE, "dark")
    phone.choose()
    phone.answered()
    phone.shoot("phone")


def main() -> None:
    """All pictures anew."""
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        stack_in(Path(folder)) as stack,
        launched() as browser,
    ):
        stack.start_worker()
        with_a_worker(browser, stack)
        for worker in stack.workers:
            worker.stop()
        at_work(browser, stack)


if __name__ == "__main__":
    main()
