"""Members of a gym, who join and leave, and mountains: who and what is highest, and of what."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    GoldenTable,
    Listed,
    One,
    Table,
    keyed,
    percent,
    top,
)


def _members() -> Table:
    table = pd.read_csv(TABLES / "gym-members.csv")
    table.columns = [
        *("id", "name", "sex", "age", "plan", "fee", "joined", "left", "branch", "coach", "visits"),
    ]
    for name in ("joined", "left"):
        table[name] = pd.to_datetime(table[name])
    return table


def _mountains() -> Table:
    table = pd.read_csv(TABLES / "mountains.csv")
    table.columns = ["name", "range", "country", "m", "first", "prominence", "volcano", "deaths"]
    return table


MEMBERS = GoldenTable(
    "gym-members",
    _members,
    [
        ("How many members left?", lambda t: One(int(t.left.notna().sum()))),
        ("How many members have not left?", lambda t: One(int(t.left.isna().sum()))),
        ("members who joined after 2023", lambda t: Listed(int((t.joined.dt.year > 2023).sum()))),
        ("percentage of members who left", lambda t: percent(t.left.notna())),
        ("who is the oldest member", lambda t: First((t.age.max(),))),
        (
            "how many women are on the Gold plan",
            lambda t: One(int(((t.sex == "F") & (t.plan == "Gold")).sum())),
        ),
        (
            "average visits of members coached by Ivy",
            lambda t: One(t[t.coach == "Ivy"].visits.mean()),
        ),
        ("How many members pay more than £20?", lambda t: One(int((t.fee > 20).sum()))),
        (
            "how many members joined each year",
            lambda t: keyed(t.groupby(t.joined.dt.year.astype(str)).size()),
        ),
    ],
    [
        "How many members joined and left in 2024?",
        "members between 20 and 25",
        "members without visits",
        "visits per month",
        "how long do members stay",
        "How many members have a locker?",
    ],
)

MOUNTAINS = GoldenTable(
    "mountains",
    _mountains,
    [
        ("highest mountain", lambda t: First((t.loc[t.m.idxmax()]["name"],))),
        ("second highest mountain", lambda t: First((t.nlargest(2, "m").iloc[1]["name"],))),
        ("which range has the highest mountain", lambda t: top(t.groupby("range").m.max())),
        (
            "How many mountains have never been climbed?",
            lambda t: One(int(t["first"].isna().sum())),
        ),
        ("How many mountains are not volcanoes?", lambda t: One(int((t.volcano == "no").sum()))),
        ("mountains with no deaths", lambda t: Listed(int((t.deaths == 0).sum()))),
    ],
    [
        "How many mountains are over 5000 m?",
        "which range has no volcanoes",
        "deadliest mountain",
        "mountains per climber",
    ],
)
