"""Fixtures of the browser tests: they are skipped, and say so, where there is no chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Site, Visit, Visitor, chromium, launched
from tests.support.proxy import Proxy
from tests.support.stack import Stack


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, shared by the browser tests of this process."""
    if chromium() is None:
        pytest.skip("no chromium on this machine: install it to run the browser tests")
    with launched() as made:
        yield made


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Somebody new with a browser, as often as called; the test fails if anything odd was seen."""
    visitors: list[Visitor] = []

    def come(site: Site, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, site.url, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def proxy(desk: Stack) -> Iterator[Proxy]:
    """Something between browsers and the API."""
    made = Proxy(desk.port)
    yield made
    made.close()
