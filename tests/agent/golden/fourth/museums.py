"""A fresh table: four museums month by month, with visitors and what the shop sold."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    Either,
    First,
    Gap,
    GoldenTable,
    One,
    Table,
    best,
    keyed,
    names,
    periods,
)


def _museums() -> Table:
    table = pd.read_csv(TABLES / "museum-months.csv")
    table.columns = [
        *("month", "museum", "city", "visitors", "children", "free", "shop", "days", "exhibition"),
    ]
    table["year"] = table.month.str[:4]
    table["period"] = pd.PeriodIndex(table.month, freq="M").asfreq("Q")
    table["month"] += "-01"  # months are shown as their first day
    return table


def _of_year(table: Table, column: str, of: str) -> float:
    return float(table[table.year == of][column].sum())


def _month_of(values: Table) -> Either:
    """The month with the most, as the file writes it or as its first day."""
    return Either((First((values.idxmax(),)), First((f"{values.idxmax()}-01",))))


MUSEUMS = GoldenTable(
    "museum-months",
    _museums,
    [
        ("total visitors by museum", lambda t: keyed(t.groupby("museum").visitors.sum())),
        (
            "How many visitors did the City Gallery have in 2022?",
            lambda t: One(int(t[(t.museum == "City Gallery") & (t.year == "2022")].visitors.sum())),
        ),
        (
            "average shop sales of the Maritime Museum",
            lambda t: One(t[t.museum == "Maritime Museum"].shop.mean()),
        ),
        (
            "Which museum had the most visitors in August 2023?",
            lambda t: best(t[t.month == "2023-08-01"].set_index("museum").visitors),
        ),
        (
            "month with the most visitors at the Museum of Toys",
            lambda t: _month_of(t[t.museum == "Museum of Toys"].set_index("month").visitors),
        ),
        ("visitors per year", lambda t: keyed(t.groupby("year").visitors.sum())),
        (
            "What is the difference in total shop sales between 2022 and 2023?",
            lambda t: Gap(_of_year(t, "shop", "2023") - _of_year(t, "shop", "2022")),
        ),
        (
            "share of visitors by city",
            lambda t: keyed(100 * t.groupby("city").visitors.sum() / t.visitors.sum()),
        ),
        (
            "List the months in which a museum had no visitors",
            lambda t: names(t[t.visitors == 0].month),
        ),
        (
            "average shop sales in Basel in 2023",
            lambda t: One(t[(t.city == "Basel") & (t.year == "2023")].shop.mean()),
        ),
        (
            "How many free entries were there in Graz?",
            lambda t: One(int(t[t.city == "Graz"].free.sum())),
        ),
        ("correlation between visitors and shop sales", lambda t: One(t.visitors.corr(t.shop))),
        ("median days open by museum", lambda t: keyed(t.groupby("museum").days.median())),
        (
            "top 3 months for shop sales in Kiel",
            lambda t: First(
                tuple(t[t.city == "Kiel"].nlargest(1, "shop")[["month", "shop"]].iloc[0]), 3
            ),
        ),
        (
            "lowest number of visitors at Natural History",
            lambda t: First((t[t.museum == "Natural History"].visitors.min(),)),
        ),
        (
            "How many children visited the Museum of Toys?",
            lambda t: One(int(t[t.museum == "Museum of Toys"].children.sum())),
        ),
        (
            "visitors by quarter in 2022",
            lambda t: periods(t[t.year == "2022"].groupby(t.period).visitors.sum()),
        ),
        (
            "Which museums had over 100,000 visitors in 2023?",
            lambda t: names(
                t[t.year == "2023"].groupby("museum").visitors.sum()[lambda n: n > 100_000].index
            ),
        ),
        (
            "which special exhibitions were shown in Kiel",
            lambda t: names(t[t.city == "Kiel"].exhibition.dropna()),
        ),
        (
            "standard deviation of visitors by museum",
            lambda t: keyed(t.groupby("museum").visitors.std()),
        ),
    ],
    [
        "How many tourists came?",
        "average ticket price",
        "visitors from abroad",
        "How many visitors were there in 2019?",
        "visitors of the Louvre",
        "Which museum is the most beautiful?",
        "How many paintings does the City Gallery own?",
        "Why did fewer people come in 2021?",
        "visitors on Sundays",
        "cafe sales by museum",
        "How many visitors came to the City Gallery on a guided tour?",
        "shop sales per employee",
        "How many visitors will the Maritime Museum have next year?",
    ],
)
