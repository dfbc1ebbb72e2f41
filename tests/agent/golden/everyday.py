"""What people ask of the tables that come with Tailrace, in the words in which they ask it."""

from __future__ import annotations

from functools import partial

from tests.agent.golden.answers import Gap, Golden, GoldenTable, Keyed, Listed, One, series, year
from tests.agent.golden.demo_kinds import demo_table

_WEATHER: list[Golden] = [
    (
        "average wind speed on sunny versus rainy days",
        lambda w: series(w[w.weather.isin(["sun", "rain"])].groupby("weather").wind.mean()),
    ),
    ("frequency of each weather", lambda w: series(w.groupby("weather").size())),
    (
        "days hotter than 30 but with rain",
        lambda w: Listed(int(((w.temp_max > 30) & (w.weather == "rain")).sum())),
    ),
    (
        "max temperature trend over time",
        lambda w: series(w.groupby(w.date.dt.strftime("%Y-%m")).temp_max.max()),
    ),
]

_PENGUINS: list[Golden] = [
    (
        "compare male and female penguins by weight",
        lambda p: series(p.groupby("Sex")["Body Mass (g)"].mean()),
    ),
    (
        "penguins by body mass",
        lambda p: series(p.groupby(p["Body Mass (g)"].dropna() // 500 * 500).size()),
    ),
    (
        "share of each species",
        lambda p: Keyed(dict((100 * p.Species.value_counts(normalize=True)).items())),
    ),
]

_UNEMPLOYMENT: list[Golden] = [
    (
        "total unemployed in January 2010",
        lambda u: One(int(u[(year(u) == 2010) & (u.date.dt.month == 1)].unemployed.sum())),
    ),
    (
        "did the unemployment rate go up between 2008 and 2009?",
        lambda u: Gap(
            u[year(u) == 2009].unemployment_rate.mean()
            - u[year(u) == 2008].unemployment_rate.mean()
        ),
    ),
]

_DECLINED = {
    "seattle-weather": ["share of each weather", "best day", "top days"],
    "penguins": ["smallest penguin", "largest"],
    "unemployment-across-industries": [
        "unemployment in construction in 2009",
        "total unemployed in 2009",
        "total unemployed by year",
        "compare total unemployed in 2008 and 2009",
    ],
}
_ANSWERABLE = {
    "seattle-weather": _WEATHER,
    "penguins": _PENGUINS,
    "unemployment-across-industries": _UNEMPLOYMENT,
}

EVERYDAY = [
    GoldenTable(name, partial(demo_table, name), answerable, _DECLINED[name])
    for name, answerable in _ANSWERABLE.items()
]
