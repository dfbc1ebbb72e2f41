"""Whatever happens while somebody watches, the page ends with the log, message for message."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from shared.attempts import CancelRequested
from shared.events import cancelled_body
from tests.support.browser import DESKTOP, PHONE, Visit
from tests.support.page import Played, Reader
from tests.support.proxy import Proxy
from tests.support.stack import Stack
from tests.support.tab import log_of

LOOKS: list[dict[str, Any]] = [
    {"viewport": DESKTOP, "color_scheme": "light"},
    {"viewport": PHONE, "color_scheme": "dark", "has_touch": True},
]
TABS = 6


def write_on(work: Played, chance: random.Random) -> None:
    """A few more pieces of the answer, at no regular pace."""
    for _ in range(chance.randrange(1, 6)):
        work.say(f"{chance.randrange(1000)} ")
        time.sleep(chance.random() / 100)


@pytest.mark.parametrize("seed", range(2))
def test_reloads_cuts_and_lost_networks_at_random_instants(
    desk: Stack, proxy: Proxy, visit: Visit, tmp_path: Path, seed: int
) -> None:
    """One tab is reloaded, one goes offline with it, all connections are cut; seeded."""
    chance = random.Random(seed)
    visitor = visit(proxy, **LOOKS[seed % len(LOOKS)])
    visitor.failures_expected = True
    reader = Reader(visitor)
    task_id = reader.ask()
    other = Reader(visitor, reader.page.url.removeprefix(proxy.url))
    work = Played(desk, task_id)
    work.steps()

    def offline() -> None:
        visitor.context.set_offline(True)
        write_on(work, chance)
        visitor.context.set_offline(False)

    def stalled() -> None:
        proxy.freeze()
        write_on(work, chance)
        proxy.cut()

    faults: list[Callable[[], object]] = [reader.page.reload, proxy.cut, stalled, offline]
    for fault in chance.sample(faults * 2, len(faults) * 2):
        write_on(work, chance)
        fault()
    write_on(work, chance)
    work.answer()
    for each in (reader, other):
        expect(each.last(".result")).to_be_visible()
        assert each.transcript(tmp_path) == log_of(desk, task_id)


@pytest.mark.parametrize("seed", range(2))
def test_a_stop_at_a_random_instant_ends_with_the_log(
    desk: Stack, visit: Visit, tmp_path: Path, seed: int
) -> None:
    """Wherever the worker is, what the page has is what the log has; it ends cancelled."""
    chance = random.Random(seed)
    reader = Reader(visit(desk, **LOOKS[seed % len(LOOKS)]))
    task_id = reader.ask()
    work = Played(desk, task_id)
    for step in ("intent", "plan", "query")[: chance.randrange(4)]:
        work.find(step)
    write_on(work, chance)
    reader.page.keyboard.press("Escape")
    with pytest.raises(CancelRequested):
        while True:
            write_on(work, chance)
    work.finish("cancelled", cancelled_body("user"))
    expect(reader.last(".ending.stopped")).to_be_visible()
    assert reader.transcript(tmp_path) == log_of(desk, task_id)


def test_six_tabs_at_once_stay_usable(desk: Stack, visit: Visit, tmp_path: Path) -> None:
    """Each sees the work of one of them live; the last can still ask, and gets its answer."""
    visitor = visit(desk)
    first = Reader(visitor)
    task_id = first.ask()
    address = first.page.url.removeprefix(desk.url)
    readers = [first, *(Reader(visitor, address) for _ in range(TABS - 1))]
    work = Played(desk, task_id)
    work.steps()
    work.say("Half of it.")
    for reader in readers:
        expect(reader.last(".streaming")).to_have_text("Half of it.")
    work.answer()
    for reader in readers:
        expect(reader.last(".result")).to_be_visible()
    last = readers[-1]
    assert last.transcript(tmp_path) == log_of(desk, task_id)
    Played(desk, last.ask("And now?")).answer()
    for reader in readers:
        expect(reader.page.locator(".turn .result")).to_have_count(2)
