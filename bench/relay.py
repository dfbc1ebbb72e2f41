"""What streams cost: our API as it ships against those that others wrote, on the same machine.

The server under test has the first core; Valkey, the publisher and the clients have the second.
Rounds of all servers alternate, CPU is counted by the scheduler in the same window as the events,
rounds that others disturbed are repeated, and the figures are medians.

    python -m bench.relay [--only FIGURE ...] [--rounds 3] [--json]

Figures: chats (CPU per event and latency), floor (the least of both, by a relay in C), highest
(rate of one core), idle (memory), opening, growth, questions (POST), polls, appends. Peers install
themselves into .bench; those for which something is missing are left out. Wants two cores, gcc, and
for all peers node, nginx and nchan.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
from collections.abc import Callable

from bench.figures.appends import appends
from bench.figures.floor import floor
from bench.figures.idle import idle, opening
from bench.figures.requests import polls, questions
from bench.figures.streaming import chats, growth, highest
from bench.figures.table import Figure, Findings, table

PARTS: dict[str, Callable[[int], Findings]] = {
    "chats": chats,
    "floor": floor,
    "highest": highest,
    "idle": idle,
    "opening": opening,
    "growth": growth,
    "questions": questions,
    "polls": polls,
    "appends": appends,
}


def main() -> None:
    """Measure what was asked for, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="FIGURE")
    parser.add_argument("--rounds", type=int, default=3, help="of each; medians count (3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    options = parser.parse_args()
    figures: list[Figure] = []
    found: dict[str, object] = {"machine": platform.platform()}
    for name in options.only:
        print(f"{name}:", flush=True)
        findings = PARTS[name](options.rounds)
        for note in findings.notes:
            print(f"  {note}")
        figures += findings.figures
        found[name] = dataclasses.asdict(findings)
    print(json.dumps(found) if options.json else table(figures))


if __name__ == "__main__":
    main()
