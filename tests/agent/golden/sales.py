"""House sales: two dates and a year that is none of them, two prices, areas left out."""

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
    names,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "house-sales.csv")
    table.columns = [
        *("ref", "suburb", "kind", "beds", "area", "built", "listed", "sold"),
        *("asked", "price", "agent"),
    ]
    for column in ("listed", "sold"):
        table[column] = pd.to_datetime(table[column], format="%d %b %Y")
    return table


SALES = GoldenTable(
    "house-sales",
    _read,
    [
        (
            "How many units were sold in 2022?",
            lambda t: One(int(((t.kind == "Unit") & (t.sold.dt.year == 2022)).sum())),
        ),
        (
            "How many townhouses were listed before 2022?",
            lambda t: One(int(((t.kind == "Townhouse") & (t.listed < "2022-01-01")).sum())),
        ),
        ("average sale price by suburb", lambda t: keyed(t.groupby("suburb").price.mean())),
        (
            "Which suburb has the highest median sale price?",
            lambda t: best(t.groupby("suburb").price.median()),
        ),
        (
            "Which suburbs have a median sale price over $600,000?",
            lambda t: names(t.groupby("suburb").price.median()[lambda v: v > 600_000].index),
        ),
        (
            "How many suburbs have an average sale price over 700,000?",
            lambda t: One(int((t.groupby("suburb").price.mean() > 700_000).sum())),
        ),
        (
            "average floor area of 3 bedroom houses",
            lambda t: One(t[(t.kind == "House") & (t.beds == 3)].area.mean()),
        ),
        (
            "difference between the average asking price and the average sale price",
            lambda t: Gap(t.asked.mean() - t.price.mean()),
        ),
        (
            "third highest sale price",
            lambda t: First((t.price.drop_duplicates().nlargest(3).iloc[-1],)),
        ),
        (
            "top 3 agents by total sale price",
            lambda t: First((t.groupby("agent").price.sum().idxmax(),), 3),
        ),
        (
            "How many houses have at least 4 bedrooms?",
            lambda t: One(int(((t.kind == "House") & (t.beds >= 4)).sum())),
        ),
        (
            "Which agent sold the most townhouses?",
            lambda t: best(t[t.kind == "Townhouse"].agent.value_counts()),
        ),
        (
            "average sale price by number of bedrooms",
            lambda t: keyed(t.groupby("beds").price.mean()),
        ),
        (
            "unit with the lowest sale price in each suburb",
            lambda t: names(t.ref[t[t.kind == "Unit"].groupby("suburb").price.idxmin().to_numpy()]),
        ),
        ("How many sales have no floor area?", lambda t: One(int(t.area.isna().sum()))),
        (
            "median sale price of houses and units, but not in Kingsford",
            lambda t: One(
                t[t.kind.isin(["House", "Unit"]) & (t.suburb != "Kingsford")].price.median()
            ),
        ),
        (
            "Which agents sold at least 5 houses in Brookvale?",
            lambda t: names(
                t[(t.kind == "House") & (t.suburb == "Brookvale")]
                .agent.value_counts()[lambda n: n >= 5]
                .index
            ),
        ),
        (
            "How many houses were sold in the last 90 days?",
            lambda t: One(
                int(((t.kind == "House") & (t.sold > t.sold.max() - pd.Timedelta(days=90))).sum())
            ),
        ),
        (
            "list houses sold by Ruth Okafor with more than 4 bedrooms",
            lambda t: Listed(
                int(((t.kind == "House") & (t.agent == "Ruth Okafor") & (t.beds > 4)).sum())
            ),
        ),
        (
            "second largest floor area",
            lambda t: First((t.area.dropna().drop_duplicates().nlargest(2).iloc[-1],)),
        ),
        (
            "How many houses were built after 2000?",
            lambda t: One(int(((t.kind == "House") & (t.built > 2000)).sum())),
        ),
        (
            "average sale price of everything except townhouses",
            lambda t: One(t[t.kind != "Townhouse"].price.mean()),
        ),
        (
            "number of sales per agent in Ash Hill",
            lambda t: keyed(t[t.suburb == "Ash Hill"].agent.value_counts()),
        ),
        (
            "Which agent has the second most sales?",
            lambda t: best(t.agent.value_counts().nlargest(2)[1:]),
        ),
    ],
    [
        "How many units were sold in 2019?",
        "average rent by suburb",
        "houses with a pool",
        "average sale price in Sydney",
        "How many villas were sold?",
        "Which buyer paid the most?",
        "houses with a floor area over 200 kg",
        "Who is the oldest agent?",
        "average price",
        "How many sales were there in 2022?",
        "average sale price in euros",
        "houses that were sold twice",
        "average sale price by postcode",
        "Which suburb is the safest?",
        "How long did houses take to sell?",
        "What will houses cost next year?",
        "houses with 3 bathrooms",
        "units sold by Ruth Okafor to Mark Lim",
        "sale price of the house at 12 High Street",
        "How many houses sold above the asking price?",
        "share of houses by suburb",
        "cheapest unit in each suburb",
        "houses sold on 30 February 2022",
        "agents with more than 3 complaints",
    ],
)
