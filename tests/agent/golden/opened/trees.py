"""A table of the trees along a town's streets, kept apart."""

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
    top,
)


def _trees() -> Table:
    table = pd.read_csv(TABLES / "street-trees.csv", sep=";", decimal=",")
    table.columns = [
        *("no", "name", "latin", "district", "street", "planted", "height", "trunk"),
        *("crown", "condition", "inspected", "protected", "inspector"),
    ]
    table["inspected"] = pd.to_datetime(table["inspected"], format="%Y/%m/%d")
    return table


TREES = GoldenTable(
    "street-trees",
    _trees,
    [
        (
            "How many horse chestnuts are there?",
            lambda t: One(int((t.name == "Horse Chestnut").sum())),
        ),
        ("average height by common name", lambda t: keyed(t.groupby("name").height.mean())),
        ("which tree is the tallest", lambda t: best(t.set_index("no").height)),
        (
            "trees in poor condition in Riverside",
            lambda t: Listed(int(((t.condition == "poor") & (t.district == "Riverside")).sum())),
        ),
        ("Which street has the most trees?", lambda t: best(t.street.value_counts())),
        ("How many trees were planted before 1950?", lambda t: One(int((t.planted < 1950).sum()))),
        (
            "Show me all trees planted in the 1990s",
            lambda t: Listed(int((t.planted.between(1990, 1999)).sum())),
        ),
        (
            "number of protected trees by district",
            lambda t: keyed(t[t.protected == "yes"].district.value_counts()),
        ),
        (
            "What is the median trunk diameter of the limes?",
            lambda t: One(t[t.name == "Lime"].trunk.median()),
        ),
        (
            "how many trees were inspected in 2023",
            lambda t: One(int((t.inspected.dt.year == 2023).sum())),
        ),
        ("trees that have no inspection date", lambda t: Listed(int((t.inspected.isna()).sum()))),
        (
            "percentage of trees in good condition per district",
            lambda t: keyed(100 * (t.condition == "good").groupby(t.district).mean()),
        ),
        ("In what year was the oldest tree planted?", lambda t: First((t.planted.min(),))),
        (
            "difference in average height between the London Planes and the Silver Birches",
            lambda t: Gap(
                t[t.name == "London Plane"].height.mean()
                - t[t.name == "Silver Birch"].height.mean()
            ),
        ),
        ("correlation of height and trunk diameter", lambda t: One(t.height.corr(t.trunk))),
        (
            "the 2 tallest trees in every district",
            lambda t: names(t.sort_values("height").groupby("district").tail(2).no),
        ),
        (
            "Trees taller than 20 m or with a trunk diameter over 80 cm",
            lambda t: Listed(int(((t.height > 20) | (t.trunk > 80)).sum())),
        ),
        (
            "How many different streets are there in Station Quarter?",
            lambda t: One(t[t.district == "Station Quarter"].street.nunique()),
        ),
        ("number of trees by condition, most first", lambda t: top(t.condition.value_counts())),
        (
            "unprotected English oaks",
            lambda t: Listed(int(((t.name == "English Oak") & (t.protected == "no")).sum())),
        ),
        ("Which trees are outliers in crown width?", lambda t: names(t[t.crown > 15].no)),
        (
            "mean height of trees planted since 2000, please",
            lambda t: One(t[t.planted >= 2000].height.mean()),
        ),
    ],
    [
        "How many trees have birds' nests?",
        "palm trees",
        "How much does watering the trees cost?",
        "sum of the planting years",
        "How many trees are there in the Airport district?",
        "Who planted the oldest tree?",
        "Which tree is the prettiest?",
        "How many trees were inspected in 2010?",
        "Why are so many maples in poor condition?",
        "Which trees will fall in the next storm?",
        "biggest tree",
        "trees with a bench",
        "CO2 stored per tree",
        "How many limes in Riverside were hit by lightning?",
        "average number of leaves",
        "trees that block the view",
    ],
)
