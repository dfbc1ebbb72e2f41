"""A fresh table: concerts at five halls and the tickets sold for them."""

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
    periods,
)


def _number(values: Table) -> Table:
    """Numbers written as "1,800", "£14.00" or "40%"."""
    return pd.to_numeric(values.str.replace(r"[£,%]", "", regex=True))


def _concerts() -> Table:
    table = pd.read_csv(TABLES / "concert-tickets.csv", dtype=str)
    table.columns = [
        *("date", "act", "genre", "support", "venue", "city", "capacity", "sold", "price"),
        *("gross", "guests", "filled", "out", "status", "doors"),
    ]
    for column in ("capacity", "sold", "price", "gross", "guests", "filled"):
        table[column] = _number(table[column])
    table["date"] = pd.to_datetime(table.date, format="%d/%m/%Y")
    return table


CONCERTS = GoldenTable(
    "concert-tickets",
    _concerts,
    [
        (
            "How many concerts were cancelled?",
            lambda t: One(int((t.status == "cancelled").sum())),
        ),
        ("total gross takings", lambda t: One(t.gross.sum())),
        ("gross takings by genre", lambda t: keyed(t.groupby("genre").gross.sum())),
        (
            "average ticket price in Leeds",
            lambda t: One(t[t.city == "Leeds"].price.mean()),
        ),
        ("Which act has the most concerts?", lambda t: best(t.act.value_counts())),
        ("sold out concerts", lambda t: Listed(int((t.out == "yes").sum()))),
        ("what share of the concerts was sold out", lambda t: percent(t.out == "yes")),
        (
            "Which venue has the largest capacity?",
            lambda t: First((t.loc[t.capacity.idxmax()].venue,)),
        ),
        (
            "How many tickets did The Tin Kites sell in 2024?",
            lambda t: One(int(t[(t.act == "The Tin Kites") & (t.date.dt.year == 2024)].sold.sum())),
        ),
        ("How many concerts had no support act?", lambda t: One(int(t.support.isna().sum()))),
        (
            "month with the most concerts",
            lambda t: periods(t.date.dt.to_period("M").value_counts(), best=True),
        ),
        ("What was the lowest ticket price?", lambda t: First((t.price.min(),))),
        (
            "concerts with a ticket price above £27",
            lambda t: Listed(int((t.price > 27).sum())),
        ),
        (
            "tickets sold for Ruben Vale in Glasgow",
            lambda t: One(int(t[(t.act == "Ruben Vale") & (t.city == "Glasgow")].sold.sum())),
        ),
        (
            "Which cities did the Low Tide Choir play in?",
            lambda t: names(t[t.act == "Low Tide Choir"].city),
        ),
        ("average guest list by venue", lambda t: keyed(t.groupby("venue").guests.mean())),
        (
            "date of the first concert at the Pier Pavilion",
            lambda t: First((str(t[t.venue == "Pier Pavilion"].date.min().date()),)),
        ),
        (
            "how many concerts opened doors at 18:30",
            lambda t: One(int((t.doors == "18:30").sum())),
        ),
        (
            "Did rock or jazz sell more tickets?",
            lambda t: best(t[t.genre.isin(["Rock", "Jazz"])].groupby("genre").sold.sum()),
        ),
        ("top 3 concerts by gross takings", lambda t: First((t.gross.max(),), 3)),
        (
            "How many concerts were less than 50% filled?",
            lambda t: One(int((t.filled < 50).sum())),
        ),
        (
            "average tickets sold by city for electronic acts",
            lambda t: keyed(t[t.genre == "Electronic"].groupby("city").sold.mean()),
        ),
        ("number of concerts not in Leeds", lambda t: One(int((t.city != "Leeds").sum()))),
        (
            "difference between the average ticket price of folk and rock",
            lambda t: Gap(t[t.genre == "Folk"].price.mean() - t[t.genre == "Rock"].price.mean()),
        ),
        (
            "gross takings in the fourth quarter of 2023",
            lambda t: One(t[t.date.dt.to_period("Q") == "2023Q4"].gross.sum()),
        ),
    ],
    [
        "How many VIP tickets were sold?",
        "takings from merchandise",
        "concerts in Manchester",
        "average age of the audience",
        "tickets sold online",
        "Which concert was the loudest?",
        "takings per band member",
        "Why was the Saltmarsh concert in Cardiff cancelled?",
        "Will Grey Harbour sell out again?",
        "outdoor concerts",
        "How long did Maya Oduya play?",
        "How much was refunded for the cancelled concerts?",
        "student tickets by city",
        "bar sales by venue",
    ],
)
