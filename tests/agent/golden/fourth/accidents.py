"""A fresh table: the road accidents of a town in three years."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    Gap,
    GoldenTable,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    percent,
    periods,
    year,
)


def _accidents() -> Table:
    table = pd.read_csv(TABLES / "road-accidents.csv", sep=";", decimal=",")
    table.columns = [
        *("id", "date", "time", "district", "road", "limit", "severity", "vehicles", "injured"),
        *("killed", "weather", "light", "damage", "alcohol"),
    ]
    table["date"] = pd.to_datetime(table["date"], format="%d.%m.%Y")
    return table


def _injured(table: Table, of: int) -> int:
    return int(table[year(table) == of].injured.sum())


ACCIDENTS = GoldenTable(
    "road-accidents",
    _accidents,
    [
        ("How many accidents happened in 2022?", lambda t: One(int((year(t) == 2022).sum()))),
        ("accidents by district", lambda t: keyed(t.district.value_counts())),
        ("How many people were killed in total?", lambda t: One(int(t.killed.sum()))),
        (
            "show the fatal accidents on country roads",
            lambda t: Listed(int(((t.severity == "fatal") & (t.road == "country road")).sum())),
        ),
        (
            "Which district had the most injured people?",
            lambda t: best(t.groupby("district").injured.sum()),
        ),
        ("average damage per road type", lambda t: keyed(t.groupby("road").damage.mean())),
        (
            "How many accidents happened in the rain?",
            lambda t: One(int((t.weather == "rain").sum())),
        ),
        ("percentage of accidents in the dark", lambda t: percent(t.light == "dark")),
        ("How many accidents involved alcohol?", lambda t: One(int((t.alcohol == "yes").sum()))),
        (
            "Accidents with 3 or more vehicles in Altstadt, please",
            lambda t: Listed(int(((t.vehicles >= 3) & (t.district == "Altstadt")).sum())),
        ),
        (
            "Which quarter of 2022 had the most accidents?",
            lambda t: periods(t[year(t) == 2022].date.dt.to_period("Q").value_counts(), best=True),
        ),
        ("number of accidents by year", lambda t: keyed(year(t).astype(str).value_counts())),
        (
            "How did the number of injured people change from 2021 to 2023?",
            lambda t: Gap(_injured(t, 2023) - _injured(t, 2021)),
        ),
        ("accident with the highest damage", lambda t: best(t.set_index("id").damage)),
        (
            "For how many accidents is the damage not known?",
            lambda t: One(int(t.damage.isna().sum())),
        ),
        (
            "average number of vehicles in serious accidents",
            lambda t: One(t[t.severity == "serious"].vehicles.mean()),
        ),
        (
            "accidents in Nordend in snow or fog",
            lambda t: Listed(
                int(((t.district == "Nordend") & t.weather.isin(["snow", "fog"])).sum())
            ),
        ),
        (
            "running total of people killed by year",
            lambda t: keyed(t.groupby(year(t).astype(str)).killed.sum().cumsum()),
        ),
        (
            "what share of the accidents is slight, serious and fatal",
            lambda t: keyed(100 * t.severity.value_counts() / len(t)),
        ),
        (
            "In which districts were more than 20 people injured on country roads?",
            lambda t: names(
                t[t.road == "country road"]
                .groupby("district")
                .injured.sum()[lambda n: n > 20]
                .index
            ),
        ),
        (
            "accidents between 1 March and 31 May 2022",
            lambda t: Listed(int(t.date.between("2022-03-01", "2022-05-31").sum())),
        ),
        (
            "last accident on a motorway",
            lambda t: best(t[t.road == "motorway"].set_index("id").date),
        ),
        ("90th percentile of the damage", lambda t: One(t.damage.quantile(0.9))),
    ],
    [
        "How many accidents were caused by young drivers?",
        "how many cyclists were injured",
        "average speed of the cars",
        "How many accidents were there in Berlin?",
        "accidents in 2018",
        "How many accidents happened at night?",
        "sum of speed limits",
        "Which district is the safest to live in?",
        "How many accidents will there be in 2025?",
        "Why do most accidents happen in Altstadt?",
        "accidents with trucks",
        "How many women were injured?",
        "How many accidents in Altstadt involved pedestrians?",
    ],
)
