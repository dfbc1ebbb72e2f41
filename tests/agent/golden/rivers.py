"""Rivers: thousands separators, lists of countries in one cell, long headers."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    Gap,
    GoldenTable,
    One,
    Table,
    best,
    names,
    series,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "rivers.csv", thousands=",")
    table.columns = ["river", "length", "basin", "countries", "continent", "outflow", "flow"]
    return table


RIVERS = GoldenTable(
    "rivers",
    _read,
    [
        ("Which river is the longest?", lambda t: First(("Nile",))),
        ("How long is the Danube?", lambda t: One(2888)),
        ("How many rivers are in Asia?", lambda t: One(int((t.continent == "Asia").sum()))),
        ("Which river has the largest basin area?", lambda t: First(("Amazon",))),
        ("Into which sea does the Volga flow?", lambda t: One("Caspian Sea")),
        ("What is the outflow of the Rhine?", lambda t: One("North Sea")),
        ("average length by continent", lambda t: series(t.groupby("continent").length.mean())),
        ("How many rivers are longer than 5000 km?", lambda t: One(int((t.length > 5000).sum()))),
        (
            "Which rivers flow through Russia?",
            lambda t: names(t.river[t.countries.str.contains("Russia")]),
        ),
        ("Which continent has the most rivers?", lambda t: best(t.continent.value_counts())),
        ("What is the length of the Congo?", lambda t: One(4700)),
        ("shortest river in Europe", lambda t: First(("Tagus",))),
        ("Which is longer, the Lena or the Mekong?", lambda t: First(("Lena",))),
        (
            "How many rivers have their outflow in the Atlantic Ocean?",
            lambda t: One(int((t.outflow == "Atlantic Ocean").sum())),
        ),
        ("highest average discharge", lambda t: First((209000,))),
        (
            "Which rivers have the outflow Kara Sea?",
            lambda t: names(t.river[t.outflow == "Kara Sea"]),
        ),
        ("On which continent is the Murray?", lambda t: One("Oceania")),
        (
            "total length of rivers in Africa",
            lambda t: One(t[t.continent == "Africa"].length.sum()),
        ),
        ("top 5 rivers by length", lambda t: First(("Nile",), 5)),
        (
            "What is the difference in length between the Nile and the Amazon?",
            lambda t: Gap(250),
        ),
    ],
    [
        "How deep is the Nile?",
        "How many people live along the Rhine?",
        "average temperature of the Volga",
        "How long is the Thames?",
        "How many fish live in the Amazon?",
        "Which river is the most beautiful?",
        "How many bridges cross the Rhine?",
        "Which rivers flow through Canada and Mexico?",
        "Who discovered the Congo?",
        "Where is the source of the Danube?",
        "How many rivers are in Antarctica?",
        "Why is the Nile so long?",
        "Which river floods most often?",
    ],
)
