"""A fresh table: what a bakery baked, sold and threw away in one week."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    Either,
    First,
    Gap,
    GoldenTable,
    Keyed,
    Listed,
    Names,
    One,
    Table,
    best,
    keyed,
    names,
)


def _days() -> Table:
    table = pd.read_csv(TABLES / "bakery-days.csv")
    table.columns = [
        *("date", "weekday", "product", "category", "grams", "baked", "sold", "thrown", "given"),
        *("price", "vegan", "baker", "out"),
    ]
    table["date"] = pd.to_datetime(table.date, format="%b %d, %Y")
    table["price"] = table.price.str.removeprefix("$").astype(float)
    return table


def _sold(table: Table, product: str) -> int:
    return int(table[table["product"] == product].sold.sum())


BAKERY = GoldenTable(
    "bakery-days",
    _days,
    [
        ("How many croissants were sold?", lambda t: One(_sold(t, "Croissant"))),
        ("pieces baked by product", lambda t: keyed(t.groupby("product").baked.sum())),
        (
            "Which product was thrown away most?",
            lambda t: best(t.groupby("product").thrown.sum()),
        ),
        (
            "How many pieces were sold on Saturday?",
            lambda t: One(int(t[t.weekday == "Saturday"].sold.sum())),
        ),
        (
            "average number of baguettes baked per day",
            lambda t: One(t[t["product"] == "Baguette"].baked.mean()),
        ),
        (
            "What percentage of the baked bread was thrown away?",
            lambda t: One(
                100 * t[t.category == "Bread"].thrown.sum() / t[t.category == "Bread"].baked.sum()
            ),
        ),
        ("which products are vegan", lambda t: names(t[t.vegan == "Y"]["product"])),
        (
            "What does a cinnamon roll cost?",
            lambda t: Either((One(3.4), Names(frozenset({"3.4"})))),
        ),
        ("How many times did a product sell out?", lambda t: One(int(t.out.notna().sum()))),
        (
            "On which day did the oat cookies sell out?",
            lambda t: First(
                (str(t[(t["product"] == "Oat cookie") & t.out.notna()].date.item().date()),)
            ),
        ),
        ("pieces sold by weekday", lambda t: keyed(t.groupby("weekday").sold.sum())),
        (
            "Which baker baked the most cakes?",
            lambda t: best(t[t.category == "Cake"].groupby("baker").baked.sum()),
        ),
        (
            "How many more baguettes than rye loaves were sold?",
            lambda t: Gap(_sold(t, "Baguette") - _sold(t, "Rye loaf")),
        ),
        (
            "median pieces thrown away per category",
            lambda t: keyed(t.groupby("category").thrown.median()),
        ),
        (
            "products that weigh less than 200 g",
            lambda t: names(t[t.grams < 200]["product"]),
        ),
        (
            "Which products weigh more than 1 kg?",
            lambda t: names(t[t.grams > 1000]["product"]),
        ),
        ("total given to the food bank", lambda t: One(int(t.given.sum()))),
        (
            "How many cinnamon rolls were baked on May 29?",
            lambda t: One(
                int(t[(t["product"] == "Cinnamon roll") & (t.date == "2024-05-29")].baked.item())
            ),
        ),
        ("most expensive product", lambda t: First((t.loc[t.price.idxmax()]["product"],))),
        (
            "How many different products are in each category?",
            lambda t: keyed(t.groupby("category")["product"].nunique()),
        ),
        (
            "days with more than 70 oat cookies sold",
            lambda t: Listed(int(((t["product"] == "Oat cookie") & (t.sold > 70)).sum())),
        ),
        (
            "average croissants sold when Pete baked",
            lambda t: One(t[(t["product"] == "Croissant") & (t.baker == "Pete")].sold.mean()),
        ),
        (
            "fewest baguettes sold in one day",
            lambda t: First((t[t["product"] == "Baguette"].sold.min(),)),
        ),
        (
            "baked and sold pieces by category",
            lambda t: Keyed(
                {
                    key: (part.baked.sum().item(), part.sold.sum().item())
                    for key, part in t.groupby("category")
                }
            ),
        ),
    ],
    [
        "How many customers came on Saturday?",
        "ingredients of the carrot cake",
        "gluten-free products",
        "How many croissants were sold before noon?",
        "pieces sold online",
        "profit by product",
        "Which bread tastes best?",
        "flour used per loaf",
        "How many pretzels were sold?",
        "What will we sell tomorrow?",
        "Why were so many baguettes thrown away?",
        "What does Anouk earn?",
        "How many almond croissants were sold?",
        "birthday cakes that were ordered",
        "price increase since last year",
    ],
)
