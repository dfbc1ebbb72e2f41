"""Kinds of questions beyond counts and averages, of tables that were developed against.

Groups to keep, shares, percentiles, the best of each group, running and moving figures, change,
differences and ratios, correlation, outliers, histograms; and questions like them that have no
answer. Written before the grammar could read any of them.
"""

from __future__ import annotations

from typing import Any

from tests.agent.golden.answers import (
    Gap,
    Golden,
    GoldenTable,
    Keyed,
    Listed,
    Names,
    One,
    Table,
    keyed,
    names,
    percent,
    year,
)
from tests.agent.golden.development import DEVELOPMENT
from tests.agent.golden.energy import ENERGY
from tests.agent.golden.films import FILMS
from tests.agent.golden.league import LEAGUE
from tests.agent.golden.medals import MEDALS
from tests.agent.golden.orders import ORDERS


def outliers(values: Any) -> Any:
    """Which values are more than 1.5 interquartile ranges from the quartiles."""
    low, high = values.quantile(0.25), values.quantile(0.75)
    reach = 1.5 * (high - low)
    return (values < low - reach) | (values > high + reach)


def by_year(figures: Any) -> Keyed:
    """A figure by year, the years as text; years without one count as groups."""
    return Keyed({str(at): value for at, value in figures.items()})


def best_of_each(frame: Table, key: str, figure: str, name: str, *, low: bool = False) -> Names:
    """What has the highest figure of each group, all of them where they tie."""
    ends = frame.groupby(key)[figure].transform("min" if low else "max")
    return names(frame[frame[figure] == ends][name])


def calendar(frame: Table, column: str) -> Any:
    """A total by calendar month."""
    return frame.groupby(frame.date.dt.strftime("%Y-%m"))[column].sum()


_ORDERS: list[Golden] = [
    (
        "Which ship countries have more than 25 orders?",
        lambda t: names(t.country.value_counts()[lambda n: n > 25].index),
    ),
    (
        "product categories with an average unit price over 250",
        lambda t: names(t.groupby("category").price.mean()[lambda v: v > 250].index),
    ),
    (
        "Which products have at least 10 orders?",
        lambda t: names(t["product"].value_counts()[lambda n: n >= 10].index),
    ),
    ("What percentage of orders were returned?", lambda t: percent(t.back == "yes")),
    (
        "share of orders by ship country",
        lambda t: keyed(100 * t.country.value_counts(normalize=True)),
    ),
    (
        "What share of the total quantity went to Germany?",
        lambda t: One(100 * t[t.country == "Germany"].qty.sum() / t.qty.sum()),
    ),
    ("median quantity", lambda t: One(t.qty.median())),
    (
        "75th percentile of unit price by product category",
        lambda t: keyed(t.groupby("category").price.quantile(0.75)),
    ),
    (
        "most expensive order of each product category",
        lambda t: best_of_each(t, "category", "price", "id"),
    ),
    (
        "top 2 products by total quantity in each product category",
        lambda t: names(
            t.groupby(["category", "product"], as_index=False)
            .qty.sum()
            .assign(place=lambda g: g.groupby("category").qty.rank("min", ascending=False))
            .query("place <= 2")["product"]
        ),
    ),
    (
        "latest order of each ship country",
        lambda t: best_of_each(t, "country", "date", "id"),
    ),
    (
        "difference between the average unit price of Desks and Lamps",
        lambda t: Gap(
            t[t.category == "Desks"].price.mean() - t[t.category == "Lamps"].price.mean()
        ),
    ),
    (
        "How many more orders went to Germany than to Italy?",
        lambda t: Gap(int((t.country == "Germany").sum() - (t.country == "Italy").sum())),
    ),
    (
        "change in total quantity from 2022 to 2023",
        lambda t: Gap(t[year(t) == 2023].qty.sum() - t[year(t) == 2022].qty.sum()),
    ),
    ("correlation between quantity and unit price", lambda t: One(t.qty.corr(t.price))),
    (
        "How many outliers are there in unit price?",
        lambda t: One(int(outliers(t.price).sum())),
    ),
    (
        "histogram of unit price in steps of 100",
        lambda t: keyed(t.groupby(t.price // 100 * 100).size()),
    ),
    (
        "How many orders had a unit price above average?",
        lambda t: One(int((t.price > t.price.mean()).sum())),
    ),
    (
        "How many orders had a quantity above 5 or a unit price over 400?",
        lambda t: One(int(((t.qty > 5) | (t.price > 400)).sum())),
    ),
]

_ENERGY: list[Golden] = [
    (
        "Which sites had a total cost above 30000 €?",
        lambda t: names(t.groupby("site").cost.sum()[lambda v: v > 30000].index),
    ),
    (
        "share of total consumption by site",
        lambda t: keyed(100 * t.groupby("site").kwh.sum() / t.kwh.sum()),
    ),
    (
        "What percentage of the total cost is Dresden?",
        lambda t: One(100 * t[t.site == "Dresden"].cost.sum() / t.cost.sum()),
    ),
    ("90th percentile of peak load", lambda t: One(t.peak.quantile(0.9))),
    (
        "month with the highest consumption for each site",
        lambda t: best_of_each(t.assign(day=t.date.dt.strftime("%Y-%m-%d")), "site", "kwh", "day"),
    ),
    ("running total of cost by month", lambda t: keyed(calendar(t, "cost").cumsum())),
    (
        "cumulative consumption by year",
        lambda t: by_year(t.groupby(year(t)).kwh.sum().cumsum()),
    ),
    (
        "3-month moving average of total consumption",
        lambda t: Keyed(dict(calendar(t, "kwh").rolling(3).mean().items())),
    ),
    (
        "change in total cost from 2021 to 2022",
        lambda t: Gap(t[year(t) == 2022].cost.sum() - t[year(t) == 2021].cost.sum()),
    ),
    (
        "percent change of total consumption from 2021 to 2022",
        lambda t: One(100 * (t[year(t) == 2022].kwh.sum() / t[year(t) == 2021].kwh.sum() - 1)),
    ),
    (
        "By how much did the average peak load change from 2021 to 2022?",
        lambda t: Gap(t[year(t) == 2022].peak.mean() - t[year(t) == 2021].peak.mean()),
    ),
    ("correlation of consumption and cost", lambda t: One(t.kwh.corr(t.cost))),
    (
        "difference in total consumption between Dresden and Köln Hafen",
        lambda t: Gap(t[t.site == "Dresden"].kwh.sum() - t[t.site == "Köln Hafen"].kwh.sum()),
    ),
    ("outliers in consumption", lambda t: Listed(int(outliers(t.kwh).sum()))),
]

_FILMS: list[Golden] = [
    (
        "Which directors made at least 3 films?",
        lambda t: names(t.director.value_counts()[lambda n: n >= 3].index),
    ),
    (
        "countries with more than 2 films",
        lambda t: names(t.country.value_counts()[lambda n: n > 2].index),
    ),
    (
        "Which genres have an average rating above 7?",
        lambda t: names(t.groupby("genre").rating.mean()[lambda v: v > 7].index),
    ),
    ("What share of films are dramas?", lambda t: percent(t.genre == "Drama")),
    (
        "percentage of films by country",
        lambda t: keyed(100 * t.country.value_counts(normalize=True)),
    ),
    ("median runtime by genre", lambda t: keyed(t.groupby("genre").minutes.median())),
    (
        "film with the highest rating in each genre",
        lambda t: best_of_each(t, "genre", "rating", "title"),
    ),
    ("longest film per country", lambda t: best_of_each(t, "country", "minutes", "title")),
    ("Is the budget correlated with the rating?", lambda t: One(t.budget.corr(t.rating))),
    (
        "Which films have a budget above the average?",
        lambda t: names(t.title[t.budget > t.budget.mean()]),
    ),
    (
        "How many films are longer than average?",
        lambda t: One(int((t.minutes > t.minutes.mean()).sum())),
    ),
    (
        "How many films are from Japan or have a rating above 8?",
        lambda t: One(int(((t.country == "Japan") | (t.rating > 8)).sum())),
    ),
    (
        "histogram of runtime in steps of 20",
        lambda t: keyed(t.groupby(t.minutes // 20 * 20).size()),
    ),
]

_DEVELOPMENT: list[Golden] = [
    (
        "By how much did the population of Kenya change from 2000 to 2010?",
        lambda t: Gap(
            t[(t.country == "Kenya") & (t.year == 2010)].people.item()
            - t[(t.country == "Kenya") & (t.year == 2000)].people.item()
        ),
    ),
    (
        "Which countries have an average life expectancy above 64.5?",
        lambda t: names(t.groupby("country").life.mean()[lambda v: v > 64.5].index),
    ),
    (
        "highest GDP per capita of each region",
        lambda t: keyed(t.groupby("region").gdp.max()),
    ),
    (
        "share of total population by region in 2020",
        lambda t: keyed(
            t[t.year == 2020].groupby("region").people.sum() * 100 / t[t.year == 2020].people.sum()
        ),
    ),
    (
        "correlation between GDP per capita and life expectancy",
        lambda t: One(t.gdp.corr(t.life)),
    ),
    ("10th percentile of life expectancy", lambda t: One(t.life.quantile(0.1))),
]

_MEDALS: list[Golden] = [
    ("correlation between gold and silver", lambda t: One(t.gold.corr(t.silver))),
    (
        "What percentage of the nations won no silver medals?",
        lambda t: percent(t.silver == 0),
    ),
    (
        "How many nations have more gold than average?",
        lambda t: One(int((t.gold > t.gold.mean()).sum())),
    ),
    (
        "How many more bronze medals did Canada win than Japan?",
        lambda t: Gap(t.bronze[t.nation == "Canada"].item() - t.bronze[t.nation == "Japan"].item()),
    ),
]

_LEAGUE: list[Golden] = [
    (
        "Which home teams have an average attendance above 6700?",
        lambda t: names(t.groupby("home").crowd.mean()[lambda v: v > 6700].index),
    ),
    (
        "match with the highest attendance in each season",
        lambda t: best_of_each(
            t.assign(day=t.date.dt.strftime("%Y-%m-%d")), "season", "crowd", "day"
        ),
    ),
    (
        "What percentage of matches ended with 0 home goals?",
        lambda t: percent(t.hg == 0),
    ),
    (
        "difference in average attendance between 2021/22 and 2022/23",
        lambda t: Gap(
            t[t.season == "2021/22"].crowd.mean() - t[t.season == "2022/23"].crowd.mean()
        ),
    ),
]


def _kinds(table: GoldenTable, answerable: list[Golden], declined: list[str]) -> GoldenTable:
    return GoldenTable(table.id, table.read, answerable, declined)


KINDS = [
    _kinds(
        ORDERS,
        _ORDERS,
        [
            "Which ship countries have more than 25 customers?",
            "What percentage of orders were delivered late?",
            "correlation between unit price and satisfaction",
            "90th percentile of shipping cost",
            "How many orders weigh more than 5 kg?",
            "top 3 customers by quantity",
            "What will be the share of Germany next year?",
            "Should we sell more desks?",
            "orders with a higher price than the invoice",
            "Which products are not popular?",
            "running total of profit by month",
        ],
    ),
    _kinds(
        ENERGY,
        _ENERGY,
        [
            "Which sites had more than 10 outages?",
            "peak load above 40 °C",
            "running total of emissions by month",
            "Why did the cost change from 2021 to 2022?",
            "change in total cost from 2021 to 2024",
            "consumption per employee",
            "share of solar in total consumption",
            "correlation between cost and temperature",
        ],
    ),
    _kinds(
        FILMS,
        _FILMS,
        [
            "Which directors won more than 2 awards?",
            "correlation between budget and box office",
            "share of films with a sequel",
            "films longer than Titanic",
            "films not directed by a woman",
            "Which film will be the longest?",
            "highest grossing film of each genre",
            "percentage of films that are any good",
        ],
    ),
    _kinds(
        DEVELOPMENT,
        _DEVELOPMENT,
        [
            "By how much did the population of Kenya change from 2000 to 2030?",
            "correlation between population and happiness",
            "Which countries have more than 3 languages?",
            "share of people who can read by region",
        ],
    ),
    _kinds(
        MEDALS,
        _MEDALS,
        [
            "Which nations won more medals than Kenya?",
            "What percentage of the medals was won by women?",
            "How many nations did not take part?",
        ],
    ),
    _kinds(
        LEAGUE,
        _LEAGUE,
        [
            "How many matches had more than 3 red cards?",
            "What share of matches was decided by penalties?",
            "running total of points by home team",
        ],
    ),
]
