"""Words that change what is meant, of the developed tables: ranks, exceptions, windows, groups."""

from __future__ import annotations

from tests.agent.golden.answers import (
    First,
    Golden,
    GoldenTable,
    One,
    best,
    keyed,
    names,
    percent,
    year,
)
from tests.agent.golden.demo_kinds import DEMO_KINDS
from tests.agent.golden.energy import ENERGY
from tests.agent.golden.films import FILMS
from tests.agent.golden.league import LEAGUE
from tests.agent.golden.medals import MEDALS
from tests.agent.golden.orders import ORDERS

_ORDERS: list[Golden] = [
    (
        "second most expensive order",
        lambda t: First((t.price.drop_duplicates().nlargest(2).iloc[-1],)),
    ),
    (
        "How many ship countries have more than 25 orders?",
        lambda t: One(int((t.country.value_counts() > 25).sum())),
    ),
    (
        "How many orders in 2022 but not in March?",
        lambda t: One(int(((year(t) == 2022) & (t.date.dt.month != 3)).sum())),
    ),
    (
        "average unit price of everything except rugs",
        lambda t: One(t[t.category != "Rugs"].price.mean()),
    ),
    (
        "Which ship country has the third most orders?",
        lambda t: names(t.country.value_counts()[lambda n: n == sorted(set(n))[-3]].index),
    ),
    (
        "average unit price of returned orders since 2023",
        lambda t: One(t[(t.back == "yes") & (year(t) >= 2023)].price.mean()),
    ),
    (
        "How many orders were paid neither by card nor by invoice?",
        lambda t: One(int((t.pay.notna() & ~t.pay.isin(["card", "invoice"])).sum())),
    ),
    ("What share of the orders was paid by card?", lambda t: percent(t.pay == "card")),
    (
        "total quantity in the last 90 days",
        lambda t: One(t[t.date > "2023-09-27"].qty.sum()),
    ),
    (
        "How many orders per product category were not returned?",
        lambda t: keyed(t[t.back == "no"].groupby("category").size()),
    ),
    (
        "What is the average number of orders per ship country?",
        lambda t: One(t.country.value_counts().mean()),
    ),
]

_ENERGY: list[Golden] = [
    (
        "Which site has the second lowest total cost?",
        lambda t: best(t.groupby("site").cost.sum().nsmallest(2)[1:]),
    ),
    (
        "total consumption in the last 6 months",
        lambda t: One(t[t.date >= "2022-07-01"].kwh.sum()),
    ),
    (
        "total cost in the last quarter",
        lambda t: One(t[t.date >= "2022-10-01"].cost.sum()),
    ),
    (
        "total cost in 2022 but not in December",
        lambda t: One(t[(year(t) == 2022) & (t.date.dt.month != 12)].cost.sum()),
    ),
    (
        "How many sites have a total cost above 30000?",
        lambda t: One(int((t.groupby("site").cost.sum() > 30000).sum())),
    ),
    (
        "average peak load of all sites except Dresden",
        lambda t: One(t[t.site != "Dresden"].peak.mean()),
    ),
]

_FILMS: list[Golden] = [
    (
        "second longest film",
        lambda t: First((t.loc[t.minutes.nlargest(2).index[1]].title,)),
    ),
    (
        "How many directors made at least 3 films?",
        lambda t: One(int((t.director.value_counts() >= 3).sum())),
    ),
    (
        "Which genre has the second highest average rating?",
        lambda t: best(t.groupby("genre").rating.mean().nlargest(2)[1:]),
    ),
    (
        "films from neither France nor Japan",
        lambda t: names(t.title[~t.country.isin(["France", "Japan"])]),
    ),
    (
        "How many genres have only one film?",
        lambda t: One(int((t.genre.value_counts() == 1).sum())),
    ),
]

_WEATHER: list[Golden] = [
    (
        "second hottest day",
        lambda w: First((w.temp_max.drop_duplicates().nlargest(2).iloc[-1],)),
    ),
    (
        "average wind except in 2014",
        lambda w: One(w[year(w) != 2014].wind.mean()),
    ),
    (
        "How many rainy days were there in 2013, but not in winter?",
        lambda w: One(
            int(
                (
                    (w.weather == "rain") & (year(w) == 2013) & ~w.date.dt.month.isin([12, 1, 2])
                ).sum()
            )
        ),
    ),
    (
        "total precipitation in the last 2 weeks",
        lambda w: One(w[w.date > "2015-12-17"].precipitation.sum()),
    ),
    (
        "third windiest day of 2014",
        lambda w: First((w[year(w) == 2014].wind.drop_duplicates().nlargest(3).iloc[-1],)),
    ),
    (
        "How many years had more than 60 sunny days?",
        lambda w: One(int((w[w.weather == "sun"].groupby(year(w)).size() > 60).sum())),
    ),
    (
        "How many days were neither sunny nor rainy?",
        lambda w: One(int((~w.weather.isin(["sun", "rain"])).sum())),
    ),
]

_PENGUINS: list[Golden] = [
    (
        "How many islands have more than 100 penguins?",
        lambda p: One(int((p.Island.value_counts() > 100).sum())),
    ),
    (
        "Which species has the second longest average flipper length?",
        lambda p: best(p.groupby("Species")["Flipper Length (mm)"].mean().nlargest(2)[1:]),
    ),
]


def _phrases(table: GoldenTable, answerable: list[Golden], declined: list[str]) -> GoldenTable:
    return GoldenTable(table.id, table.read, answerable, declined)


_WEATHER_TABLE, _PENGUIN_TABLE = (
    next(table for table in DEMO_KINDS if table.id == name)
    for name in ("seattle-weather", "penguins")
)

PHRASES = [
    _phrases(
        ORDERS,
        _ORDERS,
        [
            "How many orders have more than 2 returns?",
            "How many customers have more than 5 orders?",
            "How many orders were there in the last 10 years?",
            "How many products have more than 10 complaints?",
            "average unit price in Germany and Atlantis",
            "Where were the most orders shipped from?",
            "second order",
            "Which ship countries only ordered rugs?",
            "Which products were ordered by both Germany and Atlantis?",
            "most expensive order without the discount",
            "orders per employee",
            "twelfth most expensive customer",
            "How many orders in the first week of 2021?",
            "total quantity in kilograms",
        ],
    ),
    _phrases(
        ENERGY,
        _ENERGY,
        [
            "total cost in the last 10 years",
            "How many sites have more than 3 solar panels?",
            "second lowest temperature",
            "Who used the most energy in Dresden?",
            "consumption in Dresden but not at night",
            "total cost in the first quarter of 2023",
        ],
    ),
    _phrases(
        FILMS,
        _FILMS,
        [
            "second best film",
            "How many actors have more than 2 films?",
            "films except the good ones",
            "When was the longest film shot?",
            "Where was the longest film shot?",
            "films in the last 100 years",
        ],
    ),
    _phrases(
        MEDALS,
        [
            (
                "Which nation has the second most gold?",
                lambda t: best(t.set_index("nation").gold.nlargest(2)[1:]),
            ),
        ],
        [
            "How many nations have more than 3 athletes?",
            "Which nation won the second most medals in swimming?",
            "Which nations won only gold?",
        ],
    ),
    _phrases(
        LEAGUE,
        [
            (
                "How many home teams have an average attendance above 6700?",
                lambda t: One(int((t.groupby("home").crowd.mean() > 6700).sum())),
            ),
            (
                "match with the second highest attendance",
                lambda t: First((t.crowd.nlargest(2).iloc[-1],)),
            ),
        ],
        [
            "How many referees have more than 3 matches?",
            "How many matches in the last 20 seasons?",
            "second half goals",
            "Which team won more than 3 matches?",
        ],
    ),
    _phrases(
        _WEATHER_TABLE,
        _WEATHER,
        [
            "How many days in February 2016 were rainy?",
            "average wind on 30 February 2014",
            "hottest day in the last 20 years",
            "How many cities had more than 100 rainy days?",
            "days that were both sunny and rainy",
            "Who recorded the second hottest day?",
            "second hottest city",
            "How many days were hotter than average in Portland?",
            "rainy days per visitor",
        ],
    ),
    _phrases(
        _PENGUIN_TABLE,
        _PENGUINS,
        [
            "How many islands have more than 10 whales?",
            "Which species live only on Dream?",
            "second heaviest whale",
            "How many penguins are there per square kilometre?",
            "How many penguins were seen in the last 30 days?",
            "When was the heaviest penguin weighed?",
        ],
    ),
]
