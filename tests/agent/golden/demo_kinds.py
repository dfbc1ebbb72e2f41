"""The kinds of questions of `kinds`, of the tables that come with Tailrace."""

from __future__ import annotations

import pandas as pd

from shared.settings import CHECKOUT
from tests.agent.golden.answers import (
    Gap,
    Golden,
    GoldenTable,
    Listed,
    One,
    Table,
    keyed,
    names,
    percent,
    year,
)
from tests.agent.golden.kinds import best_of_each, by_year, calendar, outliers


def demo_table(name: str) -> Table:
    """A table that comes with Tailrace, as pandas reads it."""
    table = pd.read_csv(CHECKOUT / "data" / f"{name}.csv")
    if "date" in table:
        table["date"] = pd.to_datetime(table["date"])
    return table


_WEATHER: list[Golden] = [
    ("What percentage of days were foggy?", lambda w: percent(w.weather == "fog")),
    (
        "What percentage of days in 2014 were rainy?",
        lambda w: percent(w[year(w) == 2014].weather == "rain"),
    ),
    (
        "What share of days were sunny in July?",
        lambda w: percent(w[w.date.dt.month == 7].weather == "sun"),
    ),
    (
        "share of days by weather type",
        lambda w: keyed(100 * w.weather.value_counts(normalize=True)),
    ),
    ("90th percentile of wind", lambda w: One(w.wind.quantile(0.9))),
    (
        "hottest day of each year",
        lambda w: best_of_each(
            w.assign(year=year(w), day=w.date.dt.strftime("%Y-%m-%d")), "year", "temp_max", "day"
        ),
    ),
    (
        "top 3 windiest days of each year",
        lambda w: names(
            w.assign(place=w.groupby(year(w)).wind.rank("min", ascending=False))
            .query("place <= 3")
            .date.dt.strftime("%Y-%m-%d")
        ),
    ),
    (
        "How many days with temp_max above 30 or wind above 8?",
        lambda w: One(int(((w.temp_max > 30) | (w.wind > 8)).sum())),
    ),
    (
        "How many more days did it rain in 2013 than in 2014?",
        lambda w: Gap(
            int(
                ((w.weather == "rain") & (year(w) == 2013)).sum()
                - ((w.weather == "rain") & (year(w) == 2014)).sum()
            )
        ),
    ),
    ("Is precipitation correlated with wind?", lambda w: One(w.precipitation.corr(w.wind))),
    (
        "running total of precipitation by month in 2014",
        lambda w: keyed(calendar(w[year(w) == 2014], "precipitation").cumsum()),
    ),
    (
        "year over year change in average temp_max",
        lambda w: by_year(w.groupby(year(w)).temp_max.mean().diff()),
    ),
    (
        "difference between the average temp_max and the average temp_min",
        lambda w: Gap(w.temp_max.mean() - w.temp_min.mean()),
    ),
    ("outliers in wind", lambda w: Listed(int(outliers(w.wind).sum()))),
    (
        "histogram of temp_max in steps of 5",
        lambda w: keyed(w.groupby(w.temp_max // 5 * 5).size()),
    ),
    (
        "Which weather types have more than 100 days?",
        lambda w: names(w.weather.value_counts()[lambda n: n > 100].index),
    ),
    (
        "How many days had more wind than average?",
        lambda w: One(int((w.wind > w.wind.mean()).sum())),
    ),
]

_PENGUINS: list[Golden] = [
    (
        "Which islands have fewer than 60 penguins?",
        lambda p: names(p.Island.value_counts()[lambda n: n < 60].index),
    ),
    (
        "percentage of penguins by species",
        lambda p: keyed(100 * p.Species.value_counts(normalize=True)),
    ),
    (
        "What share of Gentoo penguins are female?",
        lambda p: percent(p[p.Species == "Gentoo"].Sex == "female"),
    ),
    (
        "What share of penguins are female Gentoo?",
        lambda p: percent((p.Species == "Gentoo") & (p.Sex == "female")),
    ),
    (
        "heaviest penguin of each species",
        lambda p: keyed(p.groupby("Species")["Body Mass (g)"].max()),
    ),
    (
        "How many penguins are heavier than the average?",
        lambda p: One(int((p["Body Mass (g)"] > p["Body Mass (g)"].mean()).sum())),
    ),
    (
        "correlation between body mass and flipper length by species",
        lambda p: keyed(
            p.groupby("Species")[["Body Mass (g)", "Flipper Length (mm)"]]
            .corr()
            .iloc[0::2, 1]
            .droplevel(1)
        ),
    ),
    (
        "10th percentile of body mass of Gentoo penguins",
        lambda p: One(p[p.Species == "Gentoo"]["Body Mass (g)"].quantile(0.1)),
    ),
    (
        "histogram of body mass in steps of 500",
        lambda p: keyed(p.groupby(p["Body Mass (g)"] // 500 * 500).size()),
    ),
]

DEMO_KINDS = [
    GoldenTable(
        "seattle-weather",
        lambda: demo_table("seattle-weather"),
        _WEATHER,
        [
            "share of days with hail",
            "days warmer than yesterday",
            "moving average of humidity",
            "How many days were not too cold?",
            "What causes the change in wind?",
            "wind above 20 kg",
            "largest change in temp_max from one day to the next",
            "How many days were colder than in Portland?",
            "correlation between weather and mood",
        ],
    ),
    GoldenTable(
        "penguins",
        lambda: demo_table("penguins"),
        _PENGUINS,
        [
            "heaviest penguin of each year",
            "percentage of penguins that are sick",
            "What share of penguins were female on Biscoe?",
            "penguins heavier than an elephant",
            "Which species is not afraid of people?",
            "90th percentile of wingspan",
            "change in body mass from 2007 to 2009",
        ],
    ),
]
