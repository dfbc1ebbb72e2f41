"""What axe-core finds wrong with a page, and the ways people look at one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browser import DESKTOP, PHONE

AXE = (Path(__file__).parent.parent / "web/vendor/axe-core/axe.min.js").read_text()
RUN = """async () => (await axe.run()).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)"""
WAYS = pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"]
)


def violations(page: Page) -> list[str]:
    """One line for each rule that the page as it is breaks."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found
