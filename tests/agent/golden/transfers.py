"""Football transfers: the same clubs in two columns, free moves without a fee, loans."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    Gap,
    GoldenTable,
    Listed,
    One,
    Table,
    keyed,
    names,
    percent,
    year,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "football-transfers.csv")
    table.columns = [
        *("player", "nation", "pos", "age", "left", "joined", "country", "date"),
        *("fee", "years", "loan", "caps"),
    ]
    table["date"] = pd.to_datetime(table["date"])
    return table


TRANSFERS = GoldenTable(
    "football-transfers",
    _read,
    [
        ("How many transfers were there in 2021?", lambda t: One(int((year(t) == 2021).sum()))),
        ("Who was the most expensive player?", lambda t: First((t.loc[t.fee.idxmax()].player,))),
        ("total fees by year", lambda t: keyed(t.groupby(year(t).astype(str)).fee.sum())),
        (
            "How many players moved to Inter Torino?",
            lambda t: One(int((t.joined == "Inter Torino").sum())),
        ),
        (
            "How many players left Inter Torino?",
            lambda t: One(int((t.left == "Inter Torino").sum())),
        ),
        ("How many transfers were loans?", lambda t: One(int(t.loan.sum()))),
        (
            "How many goalkeepers were transferred?",
            lambda t: One(int((t.pos == "Goalkeeper").sum())),
        ),
        ("average age of forwards", lambda t: One(t[t.pos == "Forward"].age.mean())),
        ("How many transfers have no fee?", lambda t: One(int(t.fee.isna().sum()))),
        ("How many Brazilian players are there?", lambda t: One(int((t.nation == "Brazil").sum()))),
        ("players younger than 18", lambda t: Listed(int((t.age < 18).sum()))),
        (
            "transfers from Ajax Noord to Castle Rovers",
            lambda t: Listed(int(((t.left == "Ajax Noord") & (t.joined == "Castle Rovers")).sum())),
        ),
        (
            "How many transfers happened in January?",
            lambda t: One(int((t.date.dt.month == 1).sum())),
        ),
        ("average fee by position", lambda t: keyed(t.groupby("pos").fee.mean())),
        (
            "Which clubs were joined by more than 12 players?",
            lambda t: names(t.joined.value_counts()[lambda n: n > 12].index),
        ),
        ("What share of transfers were on loan?", lambda t: percent(t.loan)),
        (
            "midfielders with a fee of at least 20 million",
            lambda t: Listed(int(((t.pos == "Midfielder") & (t.fee >= 20)).sum())),
        ),
        (
            "How many players over 30 with more than 50 caps were transferred?",
            lambda t: One(int(((t.age > 30) & (t.caps > 50)).sum())),
        ),
        ("longest contract", lambda t: First((t.years.max(),))),
        (
            "change in the number of transfers from 2020 to 2021",
            lambda t: Gap(int((year(t) == 2021).sum() - (year(t) == 2020).sum())),
        ),
        (
            "most recent transfer to Germany",
            lambda t: First((t.loc[t[t.country == "Germany"].date.idxmax()].player,)),
        ),
    ],
    [
        "How many goals did Erik Keller score?",
        "Which club has the most trophies?",
        "average salary by position",
        "How many transfers involved Inter Torino?",
        "How many Inter Torino players?",
        "Who is the best defender?",
        "net spend of Castle Rovers",
        "How many players came from Italy?",
        "Which agent earned the most?",
        "fee per goal",
        "total age",
        "How many transfers will there be in 2024?",
        "How many transfers in 2015?",
        "Which player was injured most often?",
        "How many left-footed players moved?",
        "How many transfers to Bayern?",
        "Which country paid the most in fees?",
    ],
)
