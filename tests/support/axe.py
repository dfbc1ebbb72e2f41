"""What axe-core finds wrong with a page, in each of the ways people look at one."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browser import DESKTOP, PHONE

AXE = (Path(__file__).parent.parent / "web/vendor/axe-core/axe.min.js").read_text()
RUN = """async (options) => {
    const { violations } = await axe.run(
        { resultTypes: ['violations'], preload: false, ...options });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) =>
        `${html.slice(0, 160)} ${any.map(({ message }) => message)}`).join(" | ")}`);
}"""
#: What depends on the colours; the rest is the same in light and in dark.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
#: What is wider than its place.
TOO_WIDE = """() => [...document.querySelectorAll('html, #scroll, #panel, dialog')]
    .filter((node) => node.scrollWidth > node.clientWidth + 1)
    .map((node) => `too wide: ${node.tagName} ${node.id}`)"""
SIZES = {"wide": DESKTOP, "phone": PHONE}
SCHEMES = ("light", "dark")
WAYS = pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(SIZES[size], scheme, id=f"{size}-{scheme}")
        for size, scheme in product(SIZES, SCHEMES)
    ],
)


def violations(page: Page, **options: object) -> list[str]:
    """One line for each rule that the page as it is breaks."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, options)
    return found


def flaws(page: Page) -> list[str]:
    """What is wrong with the page as it is: wide and on a phone, in light and in dark."""
    found: list[str] = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            rules = {} if scheme == "light" else COLOURS
            told = [*violations(page, **rules), *page.evaluate(TOO_WIDE)]
            found += [f"{size}, {scheme}: {each}" for each in told]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    return found
