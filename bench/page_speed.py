"""How the page bears much: its first load, an answer of 10,000 events, a table of 100,000 rows.

A real browser, the real API, a worker that the bench plays. The figures are the browser's own: the
longest task of the page's thread (goal: under 100 ms), and how long a key took to be shown. They
are wall-clock times, which say little on a machine that is busy with something else; its load is
printed beside them.

    python -m bench.page_speed [--rounds 3] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from cli import valkey
from shared.events import EventType, body
from shared.settings import Settings
from tests.support.browser import Visitor, launched
from tests.support.page import Played, Reader, result
from tests.support.processes import free_port
from tests.support.stack import Stack

EVENTS = 10_000
BATCH = 20
PACE_S = 0.01
ROWS = 100_000
SCREENS = 30
#: Noted by the browser from the page's first moment on.
WATCH = """
globalThis.longTasks = [];
globalThis.slowKeys = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasks.push(entry.duration);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
        if (entry.name === "keydown") slowKeys.push(entry.duration);
    }
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
FORGET = "() => { longTasks.length = 0; slowKeys.length = 0; }"
SCROLL = """async (view) => {
    for (let screen = 1; screen <= SCREENS; screen++) {
        view.scrollTop = (view.scrollHeight * screen) / SCREENS;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
    }
}""".replace("SCREENS", str(SCREENS))


@contextmanager
def desk(folder: Path) -> Iterator[Stack]:
    """The API over a Valkey of its own; the bench plays the worker."""
    settings = Settings(data_dir=folder, valkey_port=free_port())
    server = valkey.start(settings)
    valkey.wait_ready(settings)
    stack = Stack(settings.broker_url, folder, LEASE_S="600")
    try:
        stack.start_api()
        yield stack
    finally:
        stack.stop()
        server.terminate()
        server.wait(10)


def figures(reader: Reader) -> dict[str, float]:
    """The longest task and the slowest key since the last time, in ms; 0 when none was slow."""
    page = reader.page
    found = {
        "longest_task_ms": max(page.evaluate("longTasks"), default=0.0),
        "tasks_over_50_ms": len(page.evaluate("longTasks")),
        "slowest_key_ms": max(page.evaluate("slowKeys"), default=0.0),
    }
    page.evaluate(FORGET)
    return found


def first_load(visitor: Visitor) -> tuple[Reader, dict[str, float]]:
    """A page nobody has been on."""
    began = time.perf_counter()
    reader = Reader(visitor)
    ready_ms = (time.perf_counter() - began) * 1000
    done = [request for request in visitor.requests if not request.url.endswith("/api/stream")]
    sizes = [each.sizes()["responseBodySize"] for each in done if each.response() is not None]
    return reader, {
        "ready_ms": ready_ms,
        "requests": len(done),
        "kilobytes": sum(sizes) / 1000,
        **figures(reader),
    }


def streamed(stack: Stack, reader: Reader) -> tuple[Played, dict[str, float]]:
    """An answer in many small pieces, while somebody types the next question."""
    work = Played(stack, reader.ask())
    work.steps()
    piece = body(EventType.INSIGHT_DELTA, "word ", {"text": "word "})
    reader.page.focus("#question")
    began = time.perf_counter()
    for batch in range(EVENTS // BATCH):
        work.tell_all([piece] * BATCH)
        if batch % 10 == 0:
            reader.page.keyboard.press("x")
        time.sleep(PACE_S)
    work.say("The end.")
    expect(reader.last(".streaming")).to_contain_text("The end.")
    seconds = time.perf_counter() - began
    return work, {"events_per_s": EVENTS / seconds, **figures(reader)}


def reloaded(reader: Reader) -> dict[str, float]:
    """The whole log at once."""
    began = time.perf_counter()
    reader.page.reload()
    expect(reader.last(".streaming")).to_contain_text("The end.")
    return {"whole_again_ms": (time.perf_counter() - began) * 1000, **figures(reader)}


def tabled(reader: Reader, work: Played) -> dict[str, float]:
    """A table that is shown, scrolled from end to end, and sorted."""
    rows = [[f"row {number}", number * 7919 % ROWS] for number in range(ROWS)]
    table = {"columns": ["name", "n"], "rows": rows, "total_rows": ROWS, "truncated": False}
    work.answer(result(table=table, chart=None, coverage=None, parts=[{"text": "Done."}]))
    expect(reader.last(".grid-view")).to_be_visible()
    found = {f"shown_{name}": value for name, value in figures(reader).items()}
    reader.last(".grid-view").evaluate(SCROLL)
    found |= {f"scrolled_{name}": value for name, value in figures(reader).items()}
    reader.last("th >> nth=1").locator("button").click()
    expect(reader.last("th[aria-sort=descending]")).to_be_visible()
    return found | {f"sorted_{name}": value for name, value in figures(reader).items()}


def one_round(stack: Stack, browser: Browser) -> dict[str, dict[str, float]]:
    """All of it once, by somebody new."""
    visitor = Visitor(browser, stack.url, reduced_motion="no-preference")
    visitor.context.add_init_script(WATCH)
    reader, load = first_load(visitor)
    work, stream = streamed(stack, reader)
    found = {
        "first load": load,
        "10,000 events": stream,
        "reload": reloaded(reader),
        "100,000 rows": tabled(reader, work),
    }
    visitor.leave()
    return found


def medians(rounds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The middle of each figure."""
    return {
        scene: {name: statistics.median(each[scene][name] for each in rounds) for name in values}
        for scene, values in rounds[0].items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        desk(Path(folder)) as stack,
        launched() as browser,
    ):
        found: dict[str, Any] = medians([one_round(stack, browser) for _ in range(options.rounds)])
    load = os.getloadavg()[0]
    if options.json:
        print(json.dumps({**found, "load_average": load, "rounds": options.rounds}))
        return
    for scene, values in found.items():
        for name, value in values.items():
            print(f"{scene:15} {name:32} {value:10.1f}")
    print(f"load average    {load:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
