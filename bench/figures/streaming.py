"""The figures of open streams: cost per event, latency, the highest rate, growth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.figures.delivery import Load, Round, quiet_round, rounds_of
from bench.figures.table import Figure, Findings, median, span
from bench.load.peers import STREAMING, FlaskSse, Missing, Nchan, SseStarlette
from bench.load.servers import Server, Store, Tailrace

Kind = Callable[[Store], Server]

#: A thousand chats, each with ten events a second.
CHATS = Load(1_000, 10_000)
#: Offered to flask-sse, whose best at any latency is the measure; and to ours.
FLASK_RATES = (10_000, 12_000, 14_000, 17_000)
RATES = (66_000, 90_000, 105_000, 117_000, 133_000)
#: A worker sends the text of this long in one append.
JOINED_S = 0.03
MOST_P99_MS = 100.0


def runnable(kinds: Sequence[type[Server]], findings: Findings) -> list[type[Server]]:
    """Those whose parts are installed; of the others it is said what is missing."""
    found = []
    for kind in kinds:
        try:
            store = Store()
            try:
                kind(store).stop()
            finally:
                store.stop()
            found.append(kind)
        except Missing as error:
            findings.notes.append(f"{kind.name} is left out: {error}.")
            print(f"  {kind.name} is left out: {error}")
    return found


def chats(rounds: int) -> Findings:
    """Server CPU per event, and latency, of all servers."""
    findings = Findings()
    kinds = runnable([Tailrace, *STREAMING], findings)
    by_name = {
        kind.name: found for kind, found in zip(kinds, rounds_of(kinds, CHATS, rounds), strict=True)
    }
    ours = by_name.pop(Tailrace.name)
    rows = {Tailrace.name: ours, **by_name}
    findings.notes += [described(name, found) for name, found in rows.items()]
    findings.raw = {name: [_raw(found) for found in of] for name, of in rows.items()}
    for peer, goal in ((Nchan, 0.5), (FlaskSse, 0.22), (SseStarlette, 0.22)):
        if peer.name in by_name:
            findings.figures.append(_cost(ours, by_name[peer.name], goal))
    if Nchan.name in by_name:
        theirs = by_name[Nchan.name]
        findings.figures += [
            _latency("p50", ours, theirs, lambda found: found.p50_ms, 1.3),
            _latency("p99", ours, theirs, lambda found: found.p99_ms, 1.5),
        ]
    return findings


def _cost(ours: Sequence[Round], theirs: Sequence[Round], goal: float) -> Figure:
    mine, other = (median(found.cpu_us for found in of) for of in (ours, theirs))
    what = f"server CPU per event delivered, against {theirs[0].server}"
    return Figure(what, mine / other, goal, detail=f"{mine:.1f} and {other:.1f} us")


def _latency(
    point: str,
    ours: Sequence[Round],
    theirs: Sequence[Round],
    of: Callable[[Round], float],
    goal: float,
) -> Figure:
    mine, other = (median(map(of, found)) for found in (ours, theirs))
    what = f"append to client at 10,000 events/s, {point}, against {theirs[0].server}"
    return Figure(what, mine / other, goal, detail=f"{mine:.2f} and {other:.2f} ms")


def described(name: str, found: Sequence[Round]) -> str:
    """A server's rounds in a line."""
    costs = span([one.cpu_us for one in found], ".1f")
    p50, p99 = (span([of(one) for one in found], ".2f") for of in (_p50, _p99))
    disturbed = sum(not one.use.quiet for one in found)
    mark = f", {disturbed} of {len(found)} rounds disturbed" if disturbed else ""
    return f"{name}: {costs} us per event, p50 {p50} ms, p99 {p99} ms{mark}"


def _p50(found: Round) -> float:
    return found.p50_ms


def _p99(found: Round) -> float:
    return found.p99_ms


def _raw(found: Round) -> dict[str, float | int | bool]:
    return {
        "cpu_us": found.cpu_us, "p50_ms": found.p50_ms, "p99_ms": found.p99_ms,
        "per_s": found.per_s, "wrong": found.wrong, "quiet": found.use.quiet,
    }  # fmt: skip


def highest(rounds: int) -> Findings:
    """The highest rate that one core sustains, against flask-sse's best at any latency."""
    findings = Findings()
    if not runnable([FlaskSse], findings):
        return findings
    tried = [quiet_round(FlaskSse, Load(1_000, rate)) for rate in FLASK_RATES]
    theirs = max(found.per_s for found in tried)
    sustained = [rate for _ in range(rounds) if (rate := _climb(findings))]
    mine = median(sustained) if sustained else 0.0
    what = "highest rate of one core, p99 under 100 ms, against flask-sse's best at any p99"
    detail = f"{mine:,.0f} and {theirs:,.0f} events/s"
    findings.figures.append(Figure(what, mine / theirs, 6.0, at_most=False, detail=detail))
    return findings


def _climb(findings: Findings) -> float:
    """The highest of some rates that was delivered whole and in time.

    With a higher rate more events share an append, so that one may fail and the next may not.
    """
    best = 0.0
    for rate in RATES:
        join = max(1, round(JOINED_S * rate / CHATS.streams))
        found = quiet_round(Tailrace, Load(CHATS.streams, rate, join=join))
        if not found.whole or found.p99_ms >= MOST_P99_MS:
            findings.notes.append(f"not sustained:{found.line}")
            continue
        best = found.per_s
        findings.notes.append(f"sustained:{found.line}")
    return best


def growth(rounds: int) -> Findings:
    """Cost at ten times the streams, and of two hundred viewers of one job."""
    many = Load(10_000, 10_000)
    each, together = Load(200, 2_000), Load(1, 10, viewers=200)
    loads = (CHATS, many, each, together)
    costs: list[list[float]] = [[] for _ in loads]
    for _ in range(rounds):
        for load, of_load in zip(loads, costs, strict=True):
            of_load.append(quiet_round(Tailrace, load).cpu_us)
    few, more, jobs, one = (median(of_load) for of_load in costs)
    return Findings(
        [
            Figure(
                "CPU per event with 10,000 streams, against 1,000 with as many events",
                more / few, 1.3, detail=f"{more:.1f} and {few:.1f} us",
            ),
            Figure(
                "CPU of 200 viewers of one job, against 200 jobs with one each",
                one / jobs, 0.3, detail=f"{one:.1f} and {jobs:.1f} us per event delivered",
            ),
        ]
    )  # fmt: skip
