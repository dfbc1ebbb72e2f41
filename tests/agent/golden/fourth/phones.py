"""A fresh table: mobile phones, what is in them and what they cost when they came out."""

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
    series,
)


def _phones() -> Table:
    table = pd.read_csv(TABLES / "phones.csv")
    table.columns = [
        *("brand", "model", "released", "os", "screen", "weight", "battery", "storage", "memory"),
        *("price", "fast", "rating", "reviews", "camera"),
    ]
    table["released"] = pd.to_datetime(table["released"], format="%b %d, %Y")
    return table


PHONES = GoldenTable(
    "phones",
    _phones,
    [
        ("avg launch price by brand", lambda t: keyed(t.groupby("brand").price.mean())),
        ("how many phones have 5G?", lambda t: One(int(t.fast.sum()))),
        ("What does the lightest phone weigh?", lambda t: First((t.weight.min(),))),
        (
            "phones with at least 256 GB storage under 800 dollars",
            lambda t: Listed(int(((t.storage >= 256) & (t.price < 800)).sum())),
        ),
        (
            "Which brand has the best average rating?",
            lambda t: best(t.groupby("brand").rating.mean()),
        ),
        (
            "How many phones were released in 2021?",
            lambda t: One(int((t.released.dt.year == 2021).sum())),
        ),
        ("phones released since June 2022", lambda t: Listed(int((t.released >= "2022-06").sum()))),
        (
            "cheapest phone with 12 GB of memory",
            lambda t: best(t[t.memory == 12].set_index("model").price, low=True),
        ),
        ("What is the biggest battery?", lambda t: First((t.battery.max(),))),
        (
            "percentage of phones with 5G per brand",
            lambda t: keyed(100 * t.groupby("brand").fast.mean()),
        ),
        ("number of phones by OS", lambda t: keyed(t.os.value_counts())),
        (
            "the 2 most expensive phones of each brand",
            lambda t: names(t.sort_values("price").groupby("brand").tail(2).model),
        ),
        ("correlation between battery and weight", lambda t: One(t.battery.corr(t.weight))),
        (
            "What are the smallest and the largest screen?",
            lambda t: First((t.screen.min(), t.screen.max()), 1),
        ),
        (
            "average price by year of release",
            lambda t: keyed(t.groupby(t.released.dt.year.astype(str)).price.mean()),
        ),
        ("How many models have not been rated?", lambda t: One(int(t.rating.isna().sum()))),
        (
            "Kaiko phones from cheapest to most expensive",
            lambda t: First((t[t.brand == "Kaiko"].price.min(),), int((t.brand == "Kaiko").sum())),
        ),
        ("newest Pearla phone", lambda t: best(t[t.brand == "Pearla"].set_index("model").released)),
        (
            "histogram of launch prices in steps of 200",
            lambda t: series((t.price // 200 * 200).value_counts().sort_index()),
        ),
        (
            "Which brands cost more than 500 dollars on average?",
            lambda t: names(t.groupby("brand").price.mean()[lambda p: p > 500].index),
        ),
        ("Which phones are outliers in weight?", lambda t: names(t[t.weight > 300].model)),
        (
            "ratio of phones with 5G to phones without",
            lambda t: One(float(t.fast.sum() / (~t.fast).sum())),
        ),
    ],
    [
        "phones with a headphone jack",
        "How many of the phones are waterproof?",
        "How many phones were sold?",
        "average price of Nokia phones",
        "phones released in 2012",
        "average price in euros",
        "total screen size",
        "Which phone is best for gaming?",
        "battery life in hours",
        "Why are Pearla phones so expensive?",
        "pink phones",
        "average size by brand",
        "How many 5G phones have two SIM cards?",
    ],
)
