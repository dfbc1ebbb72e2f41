"""The last fresh tables: bookings of a hotel, and parcels."""

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


def _bookings() -> Table:
    table = pd.read_csv(TABLES / "hotel-bookings.csv", keep_default_na=False, na_values=[""])
    table.columns = [
        *("booking", "guest", "country", "room", "booked", "arrival", "nights", "persons"),
        *("price", "total", "channel", "cancelled", "score", "meals"),
    ]
    for name in ("booked", "arrival"):
        table[name] = pd.to_datetime(table[name])
    return table


def _parcels() -> Table:
    table = pd.read_csv(TABLES / "parcels.csv", sep=";")
    table.columns = [
        *("parcel", "sender", "recipient", "carrier", "kg", "postage", "shipped", "delivered"),
        *("status", "express", "insured", "size"),
    ]
    for name in ("shipped", "delivered"):
        table[name] = pd.to_datetime(table[name], format="%Y/%m/%d")
    return table


BOOKINGS = GoldenTable(
    "hotel-bookings",
    _bookings,
    [
        ("How many bookings were cancelled?", lambda t: One(int((t.cancelled == "Yes").sum()))),
        (
            "How many bookings came through the website?",
            lambda t: One(int((t.channel == "Website").sum())),
        ),
        ("average number of nights by room type", lambda t: keyed(t.groupby("room").nights.mean())),
        ("How many different guests stayed?", lambda t: One(t.guest.nunique())),
        ("total revenue from suites", lambda t: One(t[t.room == "Suite"].total.sum())),
        ("Which country do most guests come from?", lambda t: best(t.country.value_counts())),
        (
            "How many bookings arrived in August 2023?",
            lambda t: One(int((t.arrival.dt.strftime("%Y-%m") == "2023-08").sum())),
        ),
        ("bookings for more than 5 nights", lambda t: Listed(int((t.nights > 5).sum()))),
        ("What percentage of bookings was cancelled?", lambda t: percent(t.cancelled == "Yes")),
        ("average score of German guests", lambda t: One(t[t.country == "Germany"].score.mean())),
        ("How many bookings have no score?", lambda t: One(int(t.score.isna().sum()))),
        (
            "How many doubles were booked by phone?",
            lambda t: One(int(((t.room == "Double") & (t.channel == "Phone")).sum())),
        ),
        ("highest price per night", lambda t: First((t.price.max(),))),
        ("most expensive booking in total", lambda t: First((t.total.max(),))),
        (
            "How many bookings were for 3 or more persons?",
            lambda t: One(int((t.persons >= 3).sum())),
        ),
        (
            "How many more bookings came from France than from Italy?",
            lambda t: Gap(int((t.country == "France").sum() - (t.country == "Italy").sum())),
        ),
        ("bookings by channel", lambda t: keyed(t.channel.value_counts())),
    ],
    [
        "How many rooms does the hotel have?",
        "What is the occupancy rate?",
        "How many guests complained?",
        "average age of guests",
        "How many bookings had a sea view?",
        "Which guest is the friendliest?",
        "total price per night",
        "bookings in 2019",
        "How many guests never cancelled?",
        "revenue per employee",
        "average score of Chinese guests",
        "How many honeymoon bookings were there?",
    ],
)

PARCELS = GoldenTable(
    "parcels",
    _parcels,
    [
        ("How many parcels were lost?", lambda t: One(int((t.status == "lost").sum()))),
        ("average weight per carrier", lambda t: keyed(t.groupby("carrier").kg.mean())),
        (
            "How many parcels went from Porto to Lyon?",
            lambda t: One(int(((t.sender == "Porto") & (t.recipient == "Lyon")).sum())),
        ),
        ("How many parcels went to Graz?", lambda t: One(int((t.recipient == "Graz").sum()))),
        ("heaviest parcel", lambda t: First((t.kg.max(),))),
        ("How many parcels weigh more than 5 kg?", lambda t: One(int((t.kg > 5).sum()))),
        ("total postage of express parcels", lambda t: One(t[t.express == "Y"].postage.sum())),
        ("What share of parcels was sent by Swift?", lambda t: percent(t.carrier == "Swift")),
        (
            "number of parcels shipped per month",
            lambda t: keyed(t.groupby(t.shipped.dt.month_name()).size()),
        ),
        ("How many parcels are not insured?", lambda t: One(int(t.insured.isna().sum()))),
        (
            "Which carrier lost the most parcels?",
            lambda t: best(t[t.status == "lost"].carrier.value_counts()),
        ),
        (
            "large boxes over 10 kg",
            lambda t: Listed(int(((t["size"] == "large box") & (t.kg > 10)).sum())),
        ),
        ("median postage by size", lambda t: keyed(t.groupby("size").postage.median())),
        (
            "parcels delivered in May 2024",
            lambda t: Listed(int((t.delivered.dt.strftime("%Y-%m") == "2024-05").sum())),
        ),
        (
            "carriers with more than 45 parcels",
            lambda t: names(t.carrier.value_counts()[lambda n: n > 45].index),
        ),
        ("correlation of weight and postage", lambda t: One(t.kg.corr(t.postage))),
    ],
    [
        "How many parcels were damaged?",
        "average delivery time by carrier",
        "How many parcels were in Porto?",
        "Which carrier is the most reliable?",
        "postage per kilo",
        "How many stamps were used?",
        "total size",
        "How many parcels went to Berlin?",
        "parcels in 2030",
        "How many customers are there?",
        "Which parcel contains a book?",
        "Who sent the heaviest parcel?",
    ],
)
