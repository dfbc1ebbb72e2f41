"""Orders of a furniture shop: spaces in headers, abbreviations, yes/no as text, missing values."""

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
    names,
    series,
    year,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "orders.csv")
    table.columns = ["id", "date", "country", "category", "product", "qty", "price", "pay", "back"]
    table["date"] = pd.to_datetime(table["date"])
    return table


ORDERS = GoldenTable(
    "orders",
    _read,
    [
        ("How many orders are there?", lambda t: One(len(t))),
        ("How many orders went to Germany?", lambda t: One(int((t.country == "Germany").sum()))),
        ("Average unit price of desks", lambda t: One(t[t.category == "Desks"].price.mean())),
        ("Which product category has the most orders?", lambda t: best(t.category.value_counts())),
        ("Total quantity by ship country", lambda t: series(t.groupby("country").qty.sum())),
        ("How many lamps were sold?", lambda t: One(t[t.category == "Lamps"].qty.sum())),
        ("Highest unit price in 2023", lambda t: One(t[year(t) == 2023].price.max())),
        ("How many orders per year?", lambda t: series(t.groupby(year(t)).size())),
        ("How many orders were returned?", lambda t: One(int((t.back == "yes").sum()))),
        (
            "What is the unit price of order SO-1042?",
            lambda t: One(t.price[t.id == "SO-1042"].item()),
        ),
        (
            "Which product was ordered in SO-1100?",
            lambda t: One(t["product"][t.id == "SO-1100"].item()),
        ),
        ("most expensive order", lambda t: First((t.loc[t.price.idxmax()].id,))),
        (
            "How many orders from France cost more than 300 dollars?",
            lambda t: One(int(((t.country == "France") & (t.price > 300)).sum())),
        ),
        ("How many orders have no payment method?", lambda t: One(int(t.pay.isna().sum()))),
        ("How many different products are there?", lambda t: One(t["product"].nunique())),
        (
            "Which products are in the category Rugs?",
            lambda t: names(t["product"][t.category == "Rugs"]),
        ),
        (
            "average price of office chairs in 2022",
            lambda t: One(t[(t["product"] == "Office Chair") & (year(t) == 2022)].price.mean()),
        ),
        (
            "Which country ordered the fewest rugs?",
            lambda t: best(t[t.category == "Rugs"].groupby("country").qty.sum(), low=True),
        ),
        (
            "How many orders were not paid by card?",
            lambda t: One(int((t.pay.notna() & (t.pay != "card")).sum())),
        ),
        (
            "list orders to Poland with a quantity of 6",
            lambda t: Listed(int(((t.country == "Poland") & (t.qty == 6)).sum())),
        ),
        (
            "median unit price per product category",
            lambda t: series(t.groupby("category").price.median()),
        ),
        (
            "How many orders in March 2023?",
            lambda t: One(int((t.date.dt.strftime("%Y-%m") == "2023-03").sum())),
        ),
        (
            "When was the first order to Italy?",
            lambda t: First((str(t[t.country == "Italy"].date.min().date()),)),
        ),
        (
            "number of orders by payment method in Spain",
            lambda t: series(t[t.country == "Spain"].groupby("pay", dropna=False).size()),
        ),
    ],
    [
        "How many orders went to Canada?",
        "What is the profit by country?",
        "Which customer ordered the most?",
        "Average delivery time",
        "How many orders will we get next year?",
        "Why were so many orders returned?",
        "How many sofas were sold?",
        "How many orders in 2019?",
        "Which employee sold the most desks?",
        "Is Germany a better market than France?",
        "average price after discount",
        "How many orders were shipped by boat?",
    ],
)
