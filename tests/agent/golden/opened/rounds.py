"""A table of the rounds in which young companies raised money, kept apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    Either,
    First,
    GoldenTable,
    Keyed,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    periods,
    top,
    year,
)


def _rounds() -> Table:
    table = pd.read_csv(TABLES / "startup-rounds.csv")
    table.columns = [
        *("company", "sector", "city", "country", "founded", "round", "date", "amount"),
        *("valuation", "lead", "investors", "employees", "active"),
    ]
    table["date"] = pd.to_datetime(table["date"], format="%b %d, %Y")
    return table


def _changes(totals: Any) -> Either:
    """The change from each year to the next, with or without the first, which has none."""
    changes = totals.diff()
    return Either((Keyed(dict(changes.items())), keyed(changes)))


ROUNDS = GoldenTable(
    "startup-rounds",
    _rounds,
    [
        ("total amount by sector", lambda t: keyed(t.groupby("sector").amount.sum())),
        ("How many rounds were announced in 2022?", lambda t: One(int((year(t) == 2022).sum()))),
        ("average amount of a seed round", lambda t: One(t[t["round"] == "Seed"].amount.mean())),
        (
            "Which company raised the highest amount in total?",
            lambda t: best(t.groupby("company").amount.sum()),
        ),
        (
            "What was the largest Series B amount?",
            lambda t: First((t[t["round"] == "Series B"].amount.max(),)),
        ),
        (
            "How many companies are based in Berlin?",
            lambda t: One(t[t.city == "Berlin"].company.nunique()),
        ),
        (
            "list the rounds led by Alder Capital",
            lambda t: Listed(int((t.lead == "Alder Capital").sum())),
        ),
        ("median valuation by round", lambda t: keyed(t.groupby("round").valuation.median())),
        (
            "rounds with an amount of more than 20 million dollars",
            lambda t: Listed(int((t.amount > 20).sum())),
        ),
        (
            "Which lead investors did more than 20 rounds?",
            lambda t: names(t.lead.value_counts()[lambda n: n > 20].index),
        ),
        (
            "share of the total amount by country",
            lambda t: keyed(100 * t.groupby("country").amount.sum() / t.amount.sum()),
        ),
        (
            "amount raised per quarter in 2021",
            lambda t: periods(t[year(t) == 2021].groupby(t.date.dt.to_period("Q")).amount.sum()),
        ),
        (
            "for how many rounds is there no valuation?",
            lambda t: One(int((t.valuation.isna()).sum())),
        ),
        ("correlation between amount and employees", lambda t: One(t.amount.corr(t.employees))),
        (
            "cumulative amount by year",
            lambda t: keyed(t.groupby(year(t).astype(str)).amount.sum().cumsum()),
        ),
        (
            "top 5 companies by total amount",
            lambda t: top(t.groupby("company").amount.sum().nlargest(5)),
        ),
        (
            "Show the fintech rounds in Paris and Stockholm",
            lambda t: Listed(
                int(((t.sector == "Fintech") & t.city.isin(["Paris", "Stockholm"])).sum())
            ),
        ),
        (
            "How many employees does a company have on average at Series A?",
            lambda t: One(t[t["round"] == "Series A"].employees.mean()),
        ),
        (
            "Year-over-year change of the total amount",
            lambda t: _changes(t.groupby(year(t).astype(str)).amount.sum()),
        ),
        (
            "rounds announced between July and September 2021",
            lambda t: Listed(int((t.date.between("2021-07-01", "2021-09-30")).sum())),
        ),
        ("25th percentile of the amount", lambda t: One(t.amount.quantile(0.25))),
        (
            "How many times larger is the average Series B than the average Series A amount?",
            lambda t: One(
                t[t["round"] == "Series B"].amount.mean()
                / t[t["round"] == "Series A"].amount.mean()
            ),
        ),
    ],
    [
        "Which startup will be a unicorn next year?",
        "profit by sector",
        "How many of the founders are women?",
        "How many rounds were there in Madrid?",
        "rounds in 2012",
        "sum of the founding years",
        "Why did funding drop in 2023?",
        "average amount of a Series F round",
        "total amount in euros",
        "customers per company",
        "rounds led by pension funds",
        "How many patents do the health companies have?",
        "Which company is the most innovative?",
        "What share of equity was given away?",
        "biggest company",
        "fintech companies in Berlin that work remotely",
    ],
)
