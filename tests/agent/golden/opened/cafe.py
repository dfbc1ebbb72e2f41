"""A table of a cafe's receipts, kept apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    Either,
    First,
    Gap,
    GoldenTable,
    Keyed,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    percent,
    periods,
    top,
)


def _cafe() -> Table:
    table = pd.read_csv(TABLES / "cafe-receipts.csv")
    table.columns = [
        *("receipt", "date", "item", "category", "size", "qty", "price", "amount", "tip"),
        *("paid", "by", "where", "loyalty"),
    ]
    table["date"] = pd.to_datetime(table["date"])
    return table


def _hour(counts: Any) -> Either:
    """The hour with the most, as a number or as people write it."""
    hour = int(counts.idxmax())
    return Either((First((f"{hour:02}:00",)), First((hour,))))


def _moving(totals: Any) -> Either:
    """The mean of each month and the two before it; the first two have fewer, none, or no row."""
    part, full = (totals.rolling(3, min_periods=least).mean() for least in (1, 3))
    told = [full.rename(lambda key, how=how: key.strftime(how)) for how in ("%Y-%m", "%B")]
    empty = tuple(Keyed(dict(one.items())) for one in told)
    return Either(periods(part).shapes + periods(full).shapes + empty)


CAFE = GoldenTable(
    "cafe-receipts",
    _cafe,
    [
        ("total amount by category", lambda t: keyed(t.groupby("category").amount.sum())),
        ("How many receipts were paid in cash?", lambda t: One(int((t.paid == "cash").sum()))),
        ("Which item sold the highest quantity?", lambda t: best(t.groupby("item").qty.sum())),
        (
            "total quantity of flat whites",
            lambda t: One(int(t[t["item"] == "Flat White"].qty.sum())),
        ),
        (
            "What's the average tip when people pay by card?",
            lambda t: One(t[t.paid == "card"].tip.mean()),
        ),
        (
            "show me receipts with an amount over 15 pounds",
            lambda t: Listed(int((t.amount > 15).sum())),
        ),
        (
            "At what hour of the day do we have the most receipts?",
            lambda t: _hour(t.date.dt.hour.value_counts()),
        ),
        (
            "total amount by day of the week",
            lambda t: keyed(t.groupby(t.date.dt.day_name()).amount.sum()),
        ),
        ("what percentage of receipts is takeaway", lambda t: percent(t["where"] == "Takeaway")),
        ("Who served the most receipts?", lambda t: best(t.by.value_counts())),
        ("average amount per receipt for Nadia", lambda t: One(t[t.by == "Nadia"].amount.mean())),
        (
            "list the receipts for large lattes",
            lambda t: Listed(int(((t["item"] == "Latte") & (t["size"] == "Large")).sum())),
        ),
        ("How many receipts had no tip?", lambda t: One(int((t.tip.isna()).sum()))),
        ("top 3 items by total amount", lambda t: top(t.groupby("item").amount.sum().nlargest(3))),
        (
            "ratio of takeaway receipts to eat in receipts",
            lambda t: One(float((t["where"] == "Takeaway").sum() / (t["where"] == "Eat in").sum())),
        ),
        (
            "Running total of the amount by month",
            lambda t: periods(t.groupby(t.date.dt.to_period("M")).amount.sum().cumsum()),
        ),
        (
            "median amount of receipts with a loyalty card",
            lambda t: One(t[t.loyalty == "Y"].amount.median()),
        ),
        (
            "Which categories brought in more than £300?",
            lambda t: names(t.groupby("category").amount.sum()[lambda a: a > 300].index),
        ),
        ("How many receipts were before 9 am?", lambda t: One(int((t.date.dt.hour < 9).sum()))),
        (
            "By how much did the total amount change from March to April?",
            lambda t: Gap(
                t[t.date.dt.month == 4].amount.sum() - t[t.date.dt.month == 3].amount.sum()
            ),
        ),
        (
            "3 month moving average of the total amount",
            lambda t: _moving(t.groupby(t.date.dt.to_period("M")).amount.sum()),
        ),
        ("total amount in the last 7 days", lambda t: One(t[t.date > "2024-06-23"].amount.sum())),
    ],
    [
        "profit by item",
        "How many customers live nearby?",
        "drinks with oat milk",
        "average age of our customers",
        "total amount in 2021",
        "How many bagels did we sell?",
        "How much milk did we use?",
        "Which barista is the friendliest?",
        "How many receipts were refunded?",
        "Why was May so slow?",
        "What will we take in September?",
        "vegan items",
        "amount per hour that the staff worked",
        "amount in the Leeds branch",
        "average amount in dollars",
        "How many cappuccinos were sold with extra sugar?",
    ],
)
