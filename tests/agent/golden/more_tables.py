"""Sales of shops, admissions to a hospital, songs: where words were passed over."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    GoldenTable,
    Keyed,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    percent,
    top,
)


def _sales() -> Table:
    table = pd.read_csv(TABLES / "shop-sales.csv")
    table.columns = [
        *("id", "date", "store", "city", "customer", "segment", "product", "category", "units"),
        *("price", "discount", "revenue", "payment", "returned"),
    ]
    table["date"] = pd.to_datetime(table["date"])
    table["month"] = table.date.dt.strftime("%Y-%m")
    return table


def _admissions() -> Table:
    table = pd.read_csv(TABLES / "hospital-admissions.csv")
    table["insurance"] = table.insurance.fillna("None")
    return table


def _songs() -> Table:
    table = pd.read_csv(TABLES / "chart-songs.csv")
    table.columns = [
        *("song", "artist", "date", "genre", "streams", "peak", "weeks", "length", "explicit"),
    ]
    return table


SHOP = GoldenTable(
    "shop-sales",
    _sales,
    [
        ("Which product sold best?", lambda t: best(t.groupby("product").units.sum())),
        (
            "How many lamps were sold?",
            lambda t: One(int(t[t["product"].str.contains("lamp")].units.sum())),
        ),
        (
            "How many floor lamps did we sell in York?",
            lambda t: One(int(t[(t["product"] == "Floor lamp") & (t.city == "York")].units.sum())),
        ),
        ("revenue by month", lambda t: keyed(t.groupby("month").revenue.sum())),
        (
            "Which month had the highest revenue?",
            lambda t: top(t.groupby("month").revenue.sum()),
        ),
        (
            "Which store has the highest revenue?",
            lambda t: best(t.groupby("store").revenue.sum()),
        ),
        ("list all stores in Leeds", lambda t: names(t[t.city == "Leeds"].store)),
        (
            "average revenue per day",
            lambda t: One(float(t.groupby("date").revenue.sum().mean())),
        ),
        (
            "How much more revenue did Leeds make than York?",
            lambda t: First((t[t.city == "Leeds"].revenue.sum(),)),
        ),
        (
            "How many units of Notebook were sold?",
            lambda t: One(int(t[t["product"] == "Notebook"].units.sum())),
        ),
        ("sales of more than 5 units", lambda t: Listed(int((t.units > 5).sum()))),
        ("revenue in March 2023", lambda t: One(t[t.month == "2023-03"].revenue.sum().item())),
        (
            "day with the highest unit price",
            lambda t: First((t.price.max(),)),
        ),
        ("city with the most sales", lambda t: best(t.groupby("city").size())),
        (
            "highest average revenue by category",
            lambda t: best(t.groupby("category").revenue.mean()),
        ),
        ("What customers are there?", lambda t: names(t.customer)),
        ("show the different products", lambda t: names(t["product"])),
        ("How many Leeds sales?", lambda t: One(int((t.city == "Leeds").sum()))),
        ("What percentage of sales were returned?", lambda t: percent(t.returned == "Yes")),
    ],
    [
        "What percentage of the sales went to adults?",
        "How many lamps did we sell by lamp?",
        "Which category has the most sales compared to Leeds?",
        "change in total revenue from 2023 to 2024 most of the time",
        "sales like the Monitor",
        "What does a Monitor cost?",
        "average revenue per customer",
        "total of the discounts",
        "average unit price by sale",
    ],
)

HOSPITAL = GoldenTable(
    "hospital-admissions",
    _admissions,
    [
        (
            "What percentage of emergency admissions died?",
            lambda t: percent(t[t.emergency].outcome == "Died"),
        ),
        ("average cost by ward", lambda t: keyed(t.groupby("ward").cost_usd.mean())),
        ("number of non-emergency admissions", lambda t: One(int((~t.emergency).sum()))),
    ],
    [
        "What percentage of emergency admissions in surgery died?",
        "death rate",
        "What is in ward Surgery?",
    ],
)

SONGS = GoldenTable(
    "chart-songs",
    _songs,
    [
        (
            "average streams of explicit and non-explicit songs",
            lambda t: Keyed(t.groupby("explicit").streams.mean().to_dict()),
        ),
        ("Which artist has the most streams?", lambda t: best(t.groupby("artist").streams.sum())),
        (
            "explicit songs by Ola Finn",
            lambda t: Listed(int(((t.explicit == "yes") & (t.artist == "Ola Finn")).sum())),
        ),
        (
            "songs with more than 500 million streams",
            lambda t: Listed(int((t.streams > 500).sum())),
        ),
        ("average weeks on chart by genre", lambda t: keyed(t.groupby("genre").weeks.mean())),
        (
            'songs with "Rain" in the title',
            lambda t: Listed(int(t.song.str.contains("Rain").sum())),
        ),
        (
            "How many songs have a name that starts with Golden?",
            lambda t: One(int(t.song.str.startswith("Golden").sum())),
        ),
        (
            "Is any song by Neon Tide explicit?",
            lambda t: One(int(((t.explicit == "yes") & (t.artist == "Neon Tide")).sum())),
        ),
    ],
    [
        "best peak position of DJ Korso",
        "most popular artist",
        "songs in Rain",
        "average song length",
        "What is the longest song?",
    ],
)


def _schools() -> Table:
    table = pd.read_csv(TABLES / "schools.csv")
    table.columns = [
        *("school", "district", "type", "pupils", "teachers", "year", "grade", "lunches", "pool"),
    ]
    return table


SCHOOLS = GoldenTable(
    "schools",
    _schools,
    [
        ("oldest school", lambda t: First((t.loc[t.year.idxmin()].school, t.year.min()))),
        (
            "When was Elm Academy founded?",
            lambda t: One(t[t.school == "Elm Academy"].year.item()),
        ),
        ("schools founded before 1950", lambda t: Listed(int((t.year < 1950).sum()))),
        ("How many schools were founded after 2000?", lambda t: One(int((t.year > 2000).sum()))),
        (
            "Which school has the worst average grade?",
            lambda t: First((t.loc[t.grade.idxmin()].school,)),
        ),
        (
            "How many pupils attend private schools?",
            lambda t: One(int(t[t.type == "Private"].pupils.sum())),
        ),
    ],
    ["average founded", "total of founded", "worst school", "pupils per teacher", "best teacher"],
)


def _inspections() -> Table:
    table = pd.read_csv(TABLES / "restaurant-inspections.csv")
    table.columns = [
        *("id", "restaurant", "cuisine", "district", "date", "inspector", "score", "grade"),
        *("violations", "critical", "result", "follow_up", "fine"),
    ]
    table["date"] = pd.to_datetime(table["date"], format="%d %b %Y")
    return table


INSPECTIONS = GoldenTable(
    "restaurant-inspections",
    _inspections,
    [
        (
            "How many inspections were there in 2022?",
            lambda t: One(int((t.date.dt.year == 2022).sum())),
        ),
        (
            "How many restaurants got an A?",
            lambda t: One(t[t.grade == "A"].restaurant.nunique()),
        ),
        (
            "Which inspector gives the lowest scores on average?",
            lambda t: best(t.groupby("inspector").score.mean(), low=True),
        ),
        ("inspection INS-2023", lambda t: Listed(int((t.id == "INS-2023").sum()))),
        ("How many violations were found in total?", lambda t: One(int(t.violations.sum()))),
    ],
    [
        "follow-up inspections in Old Town",
        "Which restaurant has the worst score?",
        "Which restaurant has the lowest score?",
        "top 3 restaurants",
        "pass rate by district",
    ],
)


def _trees() -> Table:
    table = pd.read_csv(TABLES / "city-trees.csv")
    table.columns = [
        *("id", "species", "street", "year", "height", "trunk", "health", "protected"),
        *("inspected", "value"),
    ]
    return table


TREES = GoldenTable(
    "city-trees",
    _trees,
    [
        ("oldest tree", lambda t: First((t.year.min(),))),
        (
            "average height of protected and unprotected trees",
            lambda t: Keyed(t.groupby("protected").height.mean().to_dict()),
        ),
        ("trees planted before 1900", lambda t: Listed(int((t.year < 1900).sum()))),
        (
            "trees with a trunk diameter over 1 m",
            lambda t: Listed(int((t.trunk > 100).sum())),
        ),
    ],
    ["healthiest street", "smallest tree", "trees planted in the 20th century"],
)


def _births() -> Table:
    table = pd.read_csv(TABLES / "births-by-region.csv")
    table.columns = ["year", "region", "births", "twins", "deaths", "hospitals"]
    return table


BIRTHS = GoldenTable(
    "births-by-region",
    _births,
    [
        ("births by year", lambda t: keyed(t.groupby(t.year.astype(str)).births.sum())),
        (
            "Which region had the most births in 2019?",
            lambda t: best(t[t.year == 2019].groupby("region").births.sum()),
        ),
        (
            "average number of births per year in the North",
            lambda t: One(t[t.region == "North"].births.mean()),
        ),
        (
            "births from 2015 to 2018",
            lambda t: One(int(t[t.year.between(2015, 2018)].births.sum())),
        ),
        (
            "How many hospitals were there in 2023?",
            lambda t: One(int(t[t.year == 2023].hospitals.sum())),
        ),
    ],
    [
        "How many hospitals are there in the North?",
        "average births per year",
        "Which year had the most births?",
        "births per hospital",
    ],
)
