"""Flights: month-first dates, codes of airports in two columns, TRUE/FALSE, delays."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import TABLES, GoldenTable, One, Table, best, series


def _read() -> Table:
    table = pd.read_csv(TABLES / "flights.csv")
    table.columns = [
        "carrier",
        "no",
        "date",
        "origin",
        "dest",
        "delay",
        "km",
        "pax",
        "off",
        "plane",
    ]
    table["date"] = pd.to_datetime(table["date"], format="%m/%d/%Y")
    return table


FLIGHTS = GoldenTable(
    "flights",
    _read,
    [
        ("How many flights were there?", lambda t: One(len(t))),
        (
            "How many flights did NordAir operate?",
            lambda t: One(int((t.carrier == "NordAir").sum())),
        ),
        ("average departure delay by carrier", lambda t: series(t.groupby("carrier").delay.mean())),
        (
            "Which carrier has the highest average delay?",
            lambda t: best(t.groupby("carrier").delay.mean()),
        ),
        ("How many flights were cancelled?", lambda t: One(int(t.off.sum()))),
        ("total passengers in July", lambda t: One(t[t.date.dt.month == 7].pax.sum())),
        (
            "How many flights departed with origin OSL?",
            lambda t: One(int((t.origin == "OSL").sum())),
        ),
        (
            "How many flights from LIS to ATH?",
            lambda t: One(int(((t.origin == "LIS") & (t.dest == "ATH")).sum())),
        ),
        ("longest departure delay", lambda t: One(t.delay.max())),
        ("number of flights by aircraft type", lambda t: series(t.groupby("plane").size())),
        ("average passengers on A320 flights", lambda t: One(t[t.plane == "A320"].pax.mean())),
        (
            "How many flights were delayed by more than 60 minutes?",
            lambda t: One(int((t.delay > 60).sum())),
        ),
        ("Which origin had the most flights?", lambda t: best(t.origin.value_counts())),
        (
            "How many flights with a distance above 3000 km?",
            lambda t: One(int((t.km > 3000).sum())),
        ),
        ("total passengers by destination", lambda t: series(t.groupby("dest").pax.sum())),
        (
            "How many flights have no departure delay recorded?",
            lambda t: One(int(t.delay.isna().sum())),
        ),
        (
            "How many BlueJet flights were not cancelled?",
            lambda t: One(int(((t.carrier == "BlueJet") & ~t.off).sum())),
        ),
        ("average distance", lambda t: One(t.km.mean())),
        (
            "How many flights were there on 2023-07-04?",
            lambda t: One(int((t.date == "2023-07-04").sum())),
        ),
        (
            "maximum number of passengers on a Sunwing flight",
            lambda t: One(t[t.carrier == "Sunwing"].pax.max()),
        ),
    ],
    [
        "How many flights to JFK?",
        "How many flights did Lufthansa operate?",
        "What is the average ticket price?",
        "Which pilot flew the most?",
        "How many flights in December 2023?",
        "Why was the flight delayed?",
        "Flights involving LIS",
        "Which carrier is the safest?",
        "How much luggage was lost?",
        "Will flight 314 be on time?",
        "average arrival delay",
        "How many flights were there in 2021?",
        "Which flight had the most crew members?",
    ],
)
