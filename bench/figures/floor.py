"""What nobody can save who passes the fenced append and pub/sub: the budget of an event.

A relay in C stands where the API stands. What it needs is the kernel's and Valkey's; what ours
needs more is Python's. The goals are those of our own figures: where the floor misses one, ours
cannot meet it.
"""

from __future__ import annotations

from bench.figures.delivery import Round, rounds_of
from bench.figures.streaming import CHATS, described, runnable
from bench.figures.table import Figure, Findings, median, span
from bench.load.floor import BareRelay, Heard
from bench.load.peers import Nchan
from bench.load.servers import Server, Store, Tailrace


def floor(rounds: int) -> Findings:
    """Ours, a relay that does nothing but read and write, and nchan, in turn."""
    findings = Findings()
    if not runnable([Nchan], findings):
        return findings
    heard: list[Heard] = []

    def bare(store: Store) -> Server:
        return BareRelay(store, heard)

    ours, least, theirs = rounds_of([Tailrace, bare, Nchan], CHATS, rounds)
    for found in (ours, least, theirs):
        findings.notes.append(described(found[0].server, found))
    early = {name: [getattr(one, name) for one in heard] for name in Heard.__slots__}
    findings.notes.append(
        f"heard by the bare relay: p50 {span(early['p50_ms'], '.2f')} ms,"
        f" p99 {span(early['p99_ms'], '.2f')} ms; Valkey's time for an append"
        f" {span(early['append_us'], '.1f')} us"
    )
    p50_ms, p99_ms = median(early["p50_ms"]), median(early["p99_ms"])
    other = _p50(theirs)
    findings.figures += [
        _of("append to hearing it, p50, against nchan's whole delivery", p50_ms, other, 1.3),
        _of("the same, p99", p99_ms, median(one.p99_ms for one in theirs), 1.5),
        _of("append to client by the bare relay, p50, against nchan", _p50(least), other, 1.3),
        _of("CPU per event of the bare relay, against nchan", _cpu(least), _cpu(theirs), 0.5, "us"),
    ]
    return findings


def _of(what: str, one: float, other: float, goal: float, unit: str = "ms") -> Figure:
    form = ".1f" if unit == "us" else ".2f"
    return Figure(what, one / other, goal, detail=f"{one:{form}} and {other:{form}} {unit}")


def _p50(found: list[Round]) -> float:
    return median(one.p50_ms for one in found)


def _cpu(found: list[Round]) -> float:
    return median(one.cpu_us for one in found)
