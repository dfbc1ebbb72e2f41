"""Countries over years: a long table with a year column, large numbers and gaps."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import TABLES, First, GoldenTable, One, Table, best, names, series


def _read() -> Table:
    table = pd.read_csv(TABLES / "world-development.csv")
    table.columns = ["country", "region", "year", "people", "gdp", "life"]
    return table


DEVELOPMENT = GoldenTable(
    "world-development",
    _read,
    [
        (
            "Population of Kenya in 2010",
            lambda t: One(t[(t.country == "Kenya") & (t.year == 2010)].people.item()),
        ),
        ("Which country had the largest population in 2020?", lambda t: First(("Vietnam",))),
        ("average life expectancy by region", lambda t: series(t.groupby("region").life.mean())),
        (
            "How many countries are in Africa?",
            lambda t: One(t[t.region == "Africa"].country.nunique()),
        ),
        ("total population by year", lambda t: series(t.groupby("year").people.sum())),
        (
            "GDP per capita of Norway in 2008",
            lambda t: One(t[(t.country == "Norway") & (t.year == 2008)].gdp.item()),
        ),
        ("How many rows have no life expectancy?", lambda t: One(int(t.life.isna().sum()))),
        (
            "Which countries are in South America?",
            lambda t: names(t.country[t.region == "South America"]),
        ),
        ("highest GDP per capita in Chile", lambda t: One(t[t.country == "Chile"].gdp.max())),
        (
            "Which country has the highest average life expectancy?",
            lambda t: best(t.groupby("country").life.mean()),
        ),
        (
            "In which year did Peru have the highest life expectancy?",
            lambda t: First((t.loc[t[t.country == "Peru"].life.idxmax()].year,)),
        ),
        (
            "How many countries had a population above 50 million in 2020?",
            lambda t: One(int(((t.year == 2020) & (t.people > 50e6)).sum())),
        ),
        (
            "average gdp per capita in Asia in 2000",
            lambda t: One(t[(t.region == "Asia") & (t.year == 2000)].gdp.mean()),
        ),
        ("Which region is Nepal in?", lambda t: First(("Asia",))),
        (
            "population of Ghana by year",
            lambda t: series(t[t.country == "Ghana"].groupby("year").people.sum()),
        ),
        (
            "Was the population of Chile higher than that of Ghana in 2000?",
            lambda t: First(("Ghana",)),
        ),
        (
            "total population of Africa in 2016",
            lambda t: One(t[(t.region == "Africa") & (t.year == 2016)].people.sum()),
        ),
        ("minimum life expectancy after 2010", lambda t: One(t[t.year > 2010].life.min())),
    ],
    [
        "Population of Brazil in 2010",
        "What is the capital of Kenya?",
        "Population of Kenya in 2030",
        "Population of Kenya in 1995",
        "Unemployment in Norway",
        "Which country is the happiest?",
        "Who is the president of Peru?",
        "How many cars are there in Norway?",
        "Why is life expectancy low in Africa?",
        "area of Chile",
    ],
)
