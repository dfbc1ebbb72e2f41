"""Leases, deadlines and times of events are by the server's clock; nobody asks another one."""

from __future__ import annotations

import re

from shared.settings import CHECKOUT
from tests.rules.test_sizes import PRODUCT, sources

WALL_CLOCK = re.compile(
    r"(?<![.\w])time\.time(_ns)?\(|(?<![.\w])time\(\)|\bnow\((UTC|tz|\)|timezone)|utcnow\(|\btoday\("
)
#: What may ask the machine's clock, with the reason.
ALLOWED = {
    "shared/uploads.py": "how old a file is, by the clock that dated it",
    "worker/models/openai_errors.py": "a model's Retry-After may be a date, and is bounded",
}


def test_no_job_depends_on_the_clock_of_a_worker_or_of_the_api() -> None:
    """Monotonic clocks, which only measure, are another matter."""
    files = sources(*(f"{top}/**/*.py" for top in PRODUCT if top != "cli"))
    asking = {
        str(path.relative_to(CHECKOUT)) for path in files if WALL_CLOCK.search(path.read_text())
    }
    assert asking == set(ALLOWED)
