"""People with a browser: chromium, driven by Playwright, and strict about what it sees."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Route,
    sync_playwright,
)

from api.pages import CONTENT_SECURITY_POLICY

PATIENCE_MS = 30_000
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
#: How chromium words a request that failed; a test that cuts connections expects it.
FAILED_REQUEST = "Failed to load resource"


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def launched() -> Iterator[Browser]:
    """A running browser."""
    # Chromium's own sandbox does not start as root; a graphics card is not there either way.
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield browser
        browser.close()


class Site(Protocol):
    """What can be visited."""

    @property
    def url(self) -> str: ...


class Visitor:
    """One person's browser profile at one server: tabs that share cookies and storage.

    What must never happen is noted in `problems`: an error on the console, a violation of the
    content security policy, a request to anywhere else.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.problems: list[str] = []
        self.requests: list[Request] = []
        #: Set by tests that cut the network: requests that fail are no problem then.
        self.failures_expected = False
        options.setdefault("viewport", DESKTOP)
        # What moves for ever costs a machine without a graphics card more than all else.
        options.setdefault("reduced_motion", "reduce")
        self.context: BrowserContext = browser.new_context(base_url=url, **options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.problems.append(f"thrown: {error.error}"))
        self.context.on("request", self._on_request)

    def open(self, path: str = "/") -> Page:
        """A new tab at an address of the server."""
        page = self.context.new_page()
        page.goto(path)
        return page

    def blank(self) -> Page:
        """A new tab with an empty page of the server's origin, under its security policy."""
        page = self.context.new_page()
        # Of this page only: where a request may be answered here, the browser's cache is off.
        page.route(f"{self.url}/blank", self._fulfill_blank)
        page.goto("/blank")
        return page

    def leave(self) -> None:
        """Close all tabs; raises AssertionError when something happened that must not."""
        with suppress(Error):
            self.context.close()
        assert not self.problems, "\n".join(self.problems)

    def _on_console(self, message: ConsoleMessage) -> None:
        failed = message.text.startswith(FAILED_REQUEST)
        if message.type == "error" and not (failed and self.failures_expected):
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.url, "blob:", "data:")):
            self.problems.append(f"outside request: {request.url}")

    @staticmethod
    def _fulfill_blank(route: Route) -> None:
        route.fulfill(
            body="<!doctype html><html lang=en><title>Blank</title><body><main></main>",
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
        )


#: The fixture: somebody new at a stack; options are those of a browser context.
Visit = Callable[..., Visitor]
