"""A medal table: ranks, one row per nation, totals beside their parts."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import TABLES, First, Gap, GoldenTable, One, Table, names


def _read() -> Table:
    table = pd.read_csv(TABLES / "medals.csv")
    table.columns = ["rank", "nation", "gold", "silver", "bronze", "total"]
    return table


MEDALS = GoldenTable(
    "medals",
    _read,
    [
        ("Which nation won the most gold medals?", lambda t: First(("Norway",))),
        ("How many gold medals did Germany win?", lambda t: One(12)),
        ("How many nations won more than 5 gold medals?", lambda t: One(int((t.gold > 5).sum()))),
        ("What is the total number of silver medals?", lambda t: One(t.silver.sum())),
        ("What is the rank of Japan?", lambda t: One(t["rank"][t.nation == "Japan"].item())),
        ("Which nation is ranked 3?", lambda t: One("China")),
        ("Who won more bronze medals, Canada or Japan?", lambda t: First(("Canada", 14))),
        ("Which country has more silver, Austria or Japan?", lambda t: First(("Austria", 7))),
        ("Which nations won no silver medals?", lambda t: names(t.nation[t.silver == 0])),
        ("How many nations are listed?", lambda t: One(len(t))),
        ("average number of bronze medals", lambda t: One(t.bronze.mean())),
        ("What is the difference in gold medals between Norway and Sweden?", lambda t: Gap(8)),
        ("Which nation comes after Austria?", lambda t: First(("Switzerland",))),
        ("total of Italy", lambda t: One(t.total[t.nation == "Italy"].item())),
        ("Which nation won exactly 6 gold medals?", lambda t: First(("Russia",))),
        ("top 3 nations by total", lambda t: First((t.loc[t.total.idxmax()].nation,), 3)),
        (
            "How many nations won at least 10 silver medals?",
            lambda t: One(int((t.silver >= 10).sum())),
        ),
        ("combined gold medals of Norway and Sweden", lambda t: One(24)),
    ],
    [
        "Which athlete won the most medals?",
        "How many gold medals did Kenya win?",
        "In which city were the games held?",
        "How many gold medals did Germany win in 2018?",
        "Which sport brought Norway the most gold?",
        "Who is the best nation?",
        "How many platinum medals are there?",
        "How many people live in Norway?",
        "Why did Norway win?",
        "How many medals per athlete did Norway win?",
    ],
)
