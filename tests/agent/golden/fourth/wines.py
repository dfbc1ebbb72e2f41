"""A fresh table: what a wine merchant tasted, has in stock and asks for it."""

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
    percent,
)


def _wines() -> Table:
    table = pd.read_csv(TABLES / "wine-tastings.csv")
    table.columns = [
        *("lot", "wine", "producer", "region", "country", "grape", "vintage", "colour", "alcohol"),
        *("price", "points", "taster", "tasted", "left", "organic"),
    ]
    table["tasted"] = pd.to_datetime(table["tasted"], format="%d/%m/%Y")
    return table


WINES = GoldenTable(
    "wine-tastings",
    _wines,
    [
        ("how many red wines were tasted", lambda t: One(int((t.colour == "Red").sum()))),
        ("average price by country", lambda t: keyed(t.groupby("country").price.mean())),
        ("What is the highest number of points?", lambda t: First((t.points.max(),))),
        (
            "Show me the wines under 20 euros with at least 88 points",
            lambda t: Listed(int(((t.price < 20) & (t.points >= 88)).sum())),
        ),
        (
            "What is the median price of the German wines?",
            lambda t: One(t[t.country == "Germany"].price.median()),
        ),
        (
            "list the Rieslings from Wachau",
            lambda t: Listed(int(((t.grape == "Riesling") & (t.region == "Wachau")).sum())),
        ),
        ("Who tasted the most wines?", lambda t: best(t.taster.value_counts())),
        (
            "How many wines were tasted in March 2023?",
            lambda t: One(int((t.tasted.dt.strftime("%Y-%m") == "2023-03").sum())),
        ),
        (
            "top 5 most expensive wines",
            lambda t: First((t.loc[t.price.idxmax()].wine, t.price.max()), 5),
        ),
        (
            "average points per taster, highest first",
            lambda t: First(
                (
                    t.groupby("taster").points.mean().idxmax(),
                    t.groupby("taster").points.mean().max(),
                ),
                t.taster.nunique(),
            ),
        ),
        (
            "How many bottles of sparkling wine do we have left?",
            lambda t: One(int(t[t.colour == "Sparkling"].left.sum())),
        ),
        ("wines with no bottles left", lambda t: Listed(int((t.left == 0).sum()))),
        ("What percentage of the wines is organic?", lambda t: percent(t.organic == "Y")),
        (
            "Which grapes have more than 15 wines?",
            lambda t: names(t.grape.value_counts()[lambda n: n > 15].index),
        ),
        (
            "highest alcohol among Portuguese wines",
            lambda t: First((t[t.country == "Portugal"].alcohol.max(),)),
        ),
        (
            "What's the cheapest wine with 92 points or more?",
            lambda t: best(t[t.points >= 92].set_index("wine").price, low=True),
        ),
        ("how many wines have no points yet", lambda t: One(int(t.points.isna().sum()))),
        ("correlation between price and points", lambda t: One(t.price.corr(t.points))),
        (
            "How much more does a French wine cost than an Italian one on average?",
            lambda t: Gap(
                t[t.country == "France"].price.mean() - t[t.country == "Italy"].price.mean()
            ),
        ),
        (
            "wines whose name contains Old Vines",
            lambda t: Listed(int(t.wine.str.contains("Old Vines").sum())),
        ),
        (
            "linear trend of the price over the vintages",
            lambda t: One(t.price.cov(t.vintage) / t[t.vintage.notna()].vintage.var()),
        ),
    ],
    [
        "How many wines go well with fish?",
        "Which wine should I bring to a wedding?",
        "average price of Chilean wines",
        "How many wines won a gold medal?",
        "total vintage",
        "sum of the alcohol percentages",
        "price per litre",
        "What will the Château Valmont cost next year?",
        "Why is Burgundy so expensive?",
        "wines tasted in 2018",
        "How many customers bought Riesling?",
        "average price of wines aged in oak",
        "How many red wines under 30 euros do restaurants order?",
    ],
)
