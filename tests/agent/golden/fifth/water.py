"""A fresh table: a small town's water meters, read once a year."""

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
    best,
    keyed,
)


def _meters() -> Table:
    table = pd.read_csv(TABLES / "water-meters.csv", sep=";", decimal=",")
    table.columns = [
        *("meter", "street", "house", "connection", "residents", "installed", "read", "old"),
        *("new", "used", "due", "paid", "leak", "reader"),
    ]
    for column in ("read", "paid"):
        table[column] = pd.to_datetime(table[column], format="%d.%m.%Y")
    return table


def _used(table: Table, connection: str) -> float:
    return float(table[table.connection == connection].used.sum())


WATER = GoldenTable(
    "water-meters",
    _meters,
    [
        (
            "How many meters are there in Lindenweg?",
            lambda t: One(int((t.street == "Lindenweg").sum())),
        ),
        ("total consumption in m³", lambda t: One(t.used.sum())),
        (
            "average consumption of houses",
            lambda t: One(t[t.connection == "house"].used.mean()),
        ),
        ("highest amount due", lambda t: First((t.due.max(),))),
        ("Which street used the most water?", lambda t: best(t.groupby("street").used.sum())),
        ("How many meters have not been paid?", lambda t: One(int(t.paid.isna().sum()))),
        (
            "How many leaks are suspected in Mühlgasse?",
            lambda t: One(int(((t.leak == "yes") & (t.street == "Mühlgasse")).sum())),
        ),
        (
            "When was meter W4505 installed?",
            lambda t: One(t[t.meter == "W4505"].installed.item()),
        ),
        (
            "How many meters did Huber read in January?",
            lambda t: One(int(((t.reader == "Huber") & (t.read.dt.month == 1)).sum())),
        ),
        (
            "median amount due for flats",
            lambda t: One(t[t.connection == "flat"].due.median()),
        ),
        ("consumption by street", lambda t: keyed(t.groupby("street").used.sum())),
        (
            "average number of residents in houses",
            lambda t: One(t[t.connection == "house"].residents.mean()),
        ),
        (
            "top 5 meters by consumption",
            lambda t: First(tuple(t.nlargest(1, "used")[["meter", "used"]].iloc[0]), 5),
        ),
        (
            "flats that used more than 100 m³",
            lambda t: Listed(int(((t.connection == "flat") & (t.used > 100)).sum())),
        ),
        (
            "ratio of the total consumption of houses to flats",
            lambda t: Gap(_used(t, "house") / _used(t, "flat")),
        ),
        (
            "What percentage of the total amount due comes from workshops?",
            lambda t: One(100 * t[t.connection == "workshop"].due.sum() / t.due.sum()),
        ),
        ("meters installed before 2012", lambda t: Listed(int((t.installed < 2012).sum()))),
        (
            "how many meters were installed each year",
            lambda t: keyed(t.installed.value_counts()),
        ),
        ("Who read the fewest meters?", lambda t: best(t.reader.value_counts(), low=True)),
        ("When was the last reading?", lambda t: First((str(t.read.max().date()),))),
        (
            "average amount due where a leak is suspected",
            lambda t: One(t[t.leak == "yes"].due.mean()),
        ),
        ("meters with 4 or more residents", lambda t: Listed(int((t.residents >= 4).sum()))),
        (
            "How many meters used more than 200,000 litres?",
            lambda t: One(int((t.used > 200).sum())),
        ),
        (
            "Which street has the highest average amount due among flats?",
            lambda t: best(t[t.connection == "flat"].groupby("street").due.mean()),
        ),
        (
            "How many days passed on average between reading and payment?",
            lambda t: One((t.paid - t.read).dt.days.mean()),
        ),
    ],
    [
        "consumption per resident in Berlin",
        "hot water consumption by street",
        "Who owns meter W4505?",
        "Which tenants have not paid?",
        "average consumption of families with children",
        "Why is the consumption in Mühlgasse so high?",
        "How much was used two years before?",
        "meters with a broken seal",
        "Is 80 m³ a lot for a flat?",
        "When will the next reading be?",
        "total consumption of the swimming pool",
        "How many reminders were sent?",
        "average water pressure by street",
        "How much water was lost through leaks?",
        "consumption on weekends",
    ],
)
