"""Monthly energy of four sites: semicolons, decimal commas, day-first dates, umlauts, gaps."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    GoldenTable,
    One,
    Table,
    best,
    months,
    series,
    year,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "energy.csv", sep=";", decimal=",")
    table.columns = ["site", "date", "kwh", "cost", "peak"]
    table["date"] = pd.to_datetime(table["date"], dayfirst=True)
    return table


def _month(table: Table) -> Any:
    return table.date.dt.month_name()


ENERGY = GoldenTable(
    "energy",
    _read,
    [
        ("How many sites are there?", lambda t: One(t.site.nunique())),
        ("Total consumption in 2022", lambda t: One(t[year(t) == 2022].kwh.sum())),
        ("Total cost of Dresden", lambda t: One(t[t.site == "Dresden"].cost.sum())),
        ("Which site used the most energy?", lambda t: best(t.groupby("site").kwh.sum())),
        (
            "Which site has the highest total consumption?",
            lambda t: best(t.groupby("site").kwh.sum()),
        ),
        ("average peak load by site", lambda t: series(t.groupby("site").peak.mean())),
        ("Highest peak load", lambda t: One(t.peak.max())),
        (
            "When was the highest peak load?",
            lambda t: First((str(t.loc[t.peak.idxmax()].date.date()),)),
        ),
        (
            "Consumption of Köln Hafen in May 2021",
            lambda t: One(t[(t.site == "Köln Hafen") & (t.date == "2021-05-01")].kwh.item()),
        ),
        (
            "total consumption by month in 2021 for Muenchen Sued",
            lambda t: months(
                t[(t.site == "München Süd") & (year(t) == 2021)].groupby(_month(t)).kwh.sum()
            ),
        ),
        ("How many rows have no cost?", lambda t: One(int(t.cost.isna().sum()))),
        ("total cost by year", lambda t: series(t.groupby(year(t)).cost.sum())),
        (
            "average consumption of hamburg nord in 2022",
            lambda t: One(t[(t.site == "Hamburg Nord") & (year(t) == 2022)].kwh.mean()),
        ),
        (
            "Which site had the lowest cost in 2021?",
            lambda t: best(t[year(t) == 2021].groupby("site").cost.min(), low=True),
        ),
        ("How many times was the peak load above 35 kW?", lambda t: One(int((t.peak > 35).sum()))),
        ("maximum consumption in Dresden", lambda t: One(t[t.site == "Dresden"].kwh.max())),
        (
            "Compare the total cost of Dresden and Köln Hafen",
            lambda t: series(t[t.site.isin(["Dresden", "Köln Hafen"])].groupby("site").cost.sum()),
        ),
        (
            "sum of consumption between March 2021 and June 2021",
            lambda t: One(t[t.date.between("2021-03-01", "2021-06-30")].kwh.sum()),
        ),
    ],
    [
        "What is the solar output in 2022?",
        "How much gas was used?",
        "Consumption in Berlin",
        "Total consumption in 2023",
        "Which employee was responsible for the peak?",
        "Will the cost rise next year?",
        "How many customers does Dresden have?",
        "Consumption above 5 tonnes",
        "Is Dresden efficient?",
        "energy",
    ],
)
