"""A table of earthquakes, kept apart."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    GoldenTable,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    percent,
    periods,
    series,
    year,
)


def _quakes() -> Table:
    table = pd.read_csv(TABLES / "earthquakes.csv")
    table.columns = [
        *("date", "place", "country", "magnitude", "type", "depth", "latitude", "longitude"),
        *("felt", "tsunami", "deaths", "alert"),
    ]
    table["date"] = pd.to_datetime(table["date"]).dt.tz_localize(None)
    return table


QUAKES = GoldenTable(
    "earthquakes",
    _quakes,
    [
        (
            "What was the magnitude of the strongest earthquake?",
            lambda t: First((t.magnitude.max(),)),
        ),
        ("number of earthquakes by country", lambda t: keyed(t.country.value_counts())),
        (
            "How many earthquakes had a magnitude above 6?",
            lambda t: One(int((t.magnitude > 6).sum())),
        ),
        ("avg depth of earthquakes in Chile", lambda t: One(t[t.country == "Chile"].depth.mean())),
        ("Show all earthquakes with a tsunami", lambda t: Listed(int((t.tsunami).sum()))),
        (
            "Which country had the most deaths in total?",
            lambda t: best(t.groupby("country").deaths.sum()),
        ),
        (
            "how many earthquakes were there each year?",
            lambda t: keyed(year(t).astype(str).value_counts()),
        ),
        ("Where was the deepest earthquake?", lambda t: best(t.set_index("place").depth)),
        (
            "Earthquakes in Japan with a magnitude between 5 and 6",
            lambda t: Listed(int(((t.country == "Japan") & t.magnitude.between(5, 6)).sum())),
        ),
        ("correlation between magnitude and depth", lambda t: One(t.magnitude.corr(t.depth))),
        (
            "median magnitude in Indonesia",
            lambda t: One(t[t.country == "Indonesia"].magnitude.median()),
        ),
        ("What is the most common magnitude type?", lambda t: best(t.type.value_counts())),
        ("How many earthquakes have no alert level?", lambda t: One(int((t.alert.isna()).sum()))),
        ("earthquakes deeper than 500 km", lambda t: Listed(int((t.depth > 500).sum()))),
        (
            "average number of felt reports for earthquakes with a yellow alert",
            lambda t: One(t[t.alert == "yellow"].felt.mean()),
        ),
        (
            "histogram of magnitudes in steps of 1",
            lambda t: series((t.magnitude // 1).value_counts().sort_index()),
        ),
        (
            "What percentage of earthquakes in Chile had a tsunami?",
            lambda t: percent(t[t.country == "Chile"].tsunami),
        ),
        (
            "the three earthquakes with the most deaths",
            lambda t: First((t.loc[t.deaths.idxmax()].place, t.deaths.max()), 3),
        ),
        (
            "Which quarter of 2022 had the most earthquakes?",
            lambda t: periods(t[year(t) == 2022].date.dt.to_period("Q").value_counts(), best=True),
        ),
        (
            "When was the last earthquake in Mexico?",
            lambda t: First((str(t[t.country == "Mexico"].date.max()),)),
        ),
        (
            "countries with fewer than 25 earthquakes",
            lambda t: names(t.country.value_counts()[lambda n: n < 25].index),
        ),
    ],
    [
        "What did the damage cost in dollars?",
        "How many buildings collapsed?",
        "How long did the strongest earthquake last?",
        "Why are there so many earthquakes in Japan?",
        "When will the next big earthquake hit Chile?",
        "earthquakes in Switzerland",
        "How many earthquakes were there in 1995?",
        "total magnitude",
        "population of the places that were hit",
        "How many people were injured?",
        "earthquakes close to a nuclear power plant",
        "Which earthquake was the scariest?",
        "How high were the tsunami waves?",
        "How many children died in Turkey?",
        "sum of the latitudes",
        "earthquakes above magnitude 6 that were followed by aftershocks",
    ],
)
