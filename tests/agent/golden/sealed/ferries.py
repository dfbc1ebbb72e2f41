"""A table kept apart: crossings of a ferry line."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    SEALED_TABLES,
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


def _crossings() -> Table:
    table = pd.read_csv(
        SEALED_TABLES / "ferry-crossings.csv",
        sep=";",
        decimal=",",
        thousands=".",
        dtype={"Date": str},
    )
    table.columns = [
        *("date", "departs", "route", "ship", "captain", "passengers", "bicycles", "cars"),
        *("lorries", "minutes", "delay", "wind", "fares", "cancelled", "sea"),
    ]
    table["date"] = pd.to_datetime(table.date, format="%d.%m.%Y").dt.strftime("%Y-%m-%d")
    return table


FERRIES = GoldenTable(
    "ferry-crossings",
    _crossings,
    [
        ("How many passengers were there in total?", lambda t: One(int(t.passengers.sum()))),
        ("total passengers by route", lambda t: keyed(t.groupby("route").passengers.sum())),
        ("cancelled crossings", lambda t: Listed(int((t.cancelled == "yes").sum()))),
        ("average delay in minutes", lambda t: One(t.delay.mean())),
        (
            "Which ship carried the most cars in total?",
            lambda t: best(t.groupby("ship").cars.sum()),
        ),
        (
            "How many crossings did Kpt. Ihnen make?",
            lambda t: One(int((t.captain == "Kpt. Ihnen").sum())),
        ),
        (
            "crossings with a delay of more than 10 minutes",
            lambda t: Listed(int((t.delay > 10).sum())),
        ),
        (
            "total fares on Inselhafen-Harle",
            lambda t: One(t[t.route == "Inselhafen-Harle"].fares.sum()),
        ),
        (
            "on which date did most passengers travel in total",
            lambda t: best(t.groupby("date").passengers.sum()),
        ),
        ("What was the strongest wind?", lambda t: First((t.wind.max(),))),
        ("crossings with a rough sea", lambda t: Listed(int((t.sea == "rough").sum()))),
        (
            "How many crossings have no entry for the sea?",
            lambda t: One(int(t.sea.isna().sum())),
        ),
        (
            "How many crossings had a delay of 0 minutes?",
            lambda t: One(int((t.delay == 0).sum())),
        ),
        ("average fares by ship", lambda t: keyed(t.groupby("ship").fares.mean())),
        (
            "How many bicycles were carried on 3 July 2024?",
            lambda t: One(int(t[t.date == "2024-07-03"].bicycles.sum())),
        ),
        (
            "total number of lorries on the Möwe",
            lambda t: One(int(t[t.ship == "Möwe"].lorries.sum())),
        ),
        (
            "median passengers of the 18:20 departures",
            lambda t: One(t[t.departs == "18:20"].passengers.median()),
        ),
        (
            "Which has the longer average crossing time, the Frisia or the Möwe?",
            lambda t: best(t[t.ship.isin(["Frisia", "Möwe"])].groupby("ship").minutes.mean()),
        ),
        (
            "ships on Norddeich-Westerstrand",
            lambda t: names(t[t.route == "Norddeich-Westerstrand"].ship),
        ),
        (
            "crossings with more than 300 passengers and no cars",
            lambda t: Listed(int(((t.passengers > 300) & (t.cars == 0)).sum())),
        ),
        (
            "difference in average passengers between calm and rough sea",
            lambda t: Gap(
                t[t.sea == "calm"].passengers.mean() - t[t.sea == "rough"].passengers.mean()
            ),
        ),
        (
            "share of passengers by route",
            lambda t: keyed(100 * t.groupby("route").passengers.sum() / t.passengers.sum()),
        ),
        (
            "average delay when the wind is above 30 kn",
            lambda t: One(t[t.wind > 30].delay.mean()),
        ),
        ("number of crossings per captain", lambda t: keyed(t.captain.value_counts())),
        ("correlation between wind and delay", lambda t: One(t.wind.corr(t.delay))),
    ],
    [
        "passengers by age",
        "How many dogs were on board?",
        "tickets bought online",
        "Why was the Möwe cancelled?",
        "crossings to Denmark",
        "fuel used per crossing",
        "fares per nautical mile",
        "How many passengers were seasick?",
        "How many passengers will there be on 10 July?",
        "average crew size by ship",
        "motorcycles on the Frisia",
        "Which captain is the nicest?",
        "How many children travelled on the Frisia?",
        "passengers with a season ticket",
        "meals sold on board",
    ],
)
