"""More fresh tables: flats to rent, jobs of a workshop, crops of farms by year, a marathon."""

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
    year,
)


def _rentals() -> Table:
    table = pd.read_csv(TABLES / "flat-rentals.csv")
    table.columns = [
        *("ref", "district", "type", "beds", "sqm", "floor", "rent", "extra", "pets", "furnished"),
        *("listed", "rented", "agency", "built"),
    ]
    for name in ("listed", "rented"):
        table[name] = pd.to_datetime(table[name])
    return table


def _jobs() -> Table:
    table = pd.read_csv(TABLES / "workshop-jobs.csv", sep=";")
    table.columns = [
        *("job", "customer", "make", "model", "year", "km", "work", "mechanic", "date", "hours"),
        *("parts", "labour", "payment", "paid", "feedback"),
    ]
    table["date"] = pd.to_datetime(table["date"], format="%d.%m.%Y")
    return table


def _crops() -> Table:
    table = pd.read_csv(TABLES / "crop-yields.csv")
    table.columns = [
        *("farm", "region", "year", "crop", "ha", "yield_", "rain", "fertiliser", "organic"),
    ]
    return table


def _marathon() -> Table:
    table = pd.read_csv(TABLES / "marathon-results.csv")
    table.columns = [
        *("bib", "runner", "sex", "age", "country", "club", "category", "time", "half"),
        *("previous", "status", "raised"),
    ]
    return table


RENTALS = GoldenTable(
    "flat-rentals",
    _rentals,
    [
        (
            "How many flats allow pets?",
            lambda t: One(int(((t.type == "Flat") & (t.pets == "yes")).sum())),
        ),
        ("average rent per district", lambda t: keyed(t.groupby("district").rent.mean())),
        (
            "What is the cheapest rent in Old Town?",
            lambda t: First((t[t.district == "Old Town"].rent.min(),)),
        ),
        (
            "How many rentals are bigger than 100 square metres?",
            lambda t: One(int((t.sqm > 100).sum())),
        ),
        (
            "How many furnished studios are there?",
            lambda t: One(int(((t.type == "Studio") & (t.furnished == "Yes")).sum())),
        ),
        ("Which agency has the most listings?", lambda t: best(t.agency.value_counts())),
        (
            "rentals with 3 bedrooms under 1500 euros",
            lambda t: Listed(int(((t.beds == 3) & (t.rent < 1500)).sum())),
        ),
        ("How many have not been rented yet?", lambda t: One(int(t.rented.isna().sum()))),
        ("median area by type", lambda t: keyed(t.groupby("type").sqm.median())),
        ("What percentage of rentals is furnished?", lambda t: percent(t.furnished == "Yes")),
        (
            "How many rentals were listed in May 2024?",
            lambda t: One(int((t.listed.dt.strftime("%Y-%m") == "2024-05").sum())),
        ),
        (
            "unfurnished lofts",
            lambda t: Listed(int(((t.type == "Loft") & (t.furnished == "No")).sum())),
        ),
        ("How many homes on the ground floor?", lambda t: One(int((t.floor == 0).sum()))),
        (
            "which district has the highest average rent",
            lambda t: best(t.groupby("district").rent.mean()),
        ),
    ],
    [
        "How many flats have a balcony?",
        "How many flats have a swimming pool?",
        "How many flats have balconies?",
        "average rent of flats with a garage",
        "average rent per square metre",
        "Which district is the safest?",
        "Which flat is the nicest?",
        "cheapest studio",
        "how many studios are cheaper than 900",
        "How many flats in Brooklyn?",
        "How long does it take to rent a flat?",
        "total rent including utilities",
        "How many landlords are there?",
        "rent in 2019",
        "sum of floors",
        "How many people live in Lakeview?",
    ],
)

JOBS = GoldenTable(
    "workshop-jobs",
    _jobs,
    [
        ("How many jobs did Ana do?", lambda t: One(int((t.mechanic == "Ana").sum()))),
        ("total labour by mechanic", lambda t: keyed(t.groupby("mechanic").labour.sum())),
        ("How many jobs are unpaid?", lambda t: One(int((t.paid == "N").sum()))),
        ("average hours for engine jobs", lambda t: One(t[t.work == "Engine"].hours.mean())),
        ("Which make comes in most often?", lambda t: best(t.make.value_counts())),
        (
            "How many customers came more than 3 times?",
            lambda t: One(int((t.customer.value_counts() > 3).sum())),
        ),
        (
            "jobs paid in cash with more than $500 of parts",
            lambda t: Listed(int(((t.payment == "cash") & (t.parts > 500)).sum())),
        ),
        (
            "How many Fords were serviced?",
            lambda t: One(int(((t.make == "Ford") & (t.work == "Service")).sum())),
        ),
        (
            "number of jobs per month in 2023",
            lambda t: keyed(t[year(t) == 2023].groupby(t.date.dt.month_name()).size()),
        ),
        ("What share of jobs was paid by card?", lambda t: percent(t.payment == "card")),
        ("average feedback of Bilal", lambda t: One(t[t.mechanic == "Bilal"].feedback.mean())),
        ("How many cars had over 200,000 km?", lambda t: One(int((t.km > 200000).sum()))),
        ("most expensive parts", lambda t: First((t.parts.max(),))),
        (
            "How much more labour did Ana bill than Bilal in total?",
            lambda t: Gap(
                t[t.mechanic == "Ana"].labour.sum() - t[t.mechanic == "Bilal"].labour.sum()
            ),
        ),
        ("How many jobs have no feedback?", lambda t: One(int(t.feedback.isna().sum()))),
        ("How many different models does the workshop see?", lambda t: One(t.model.nunique())),
    ],
    [
        "How many jobs were late?",
        "profit by mechanic",
        "Which mechanic is the best?",
        "How many electric cars were repaired?",
        "average age of customers",
        "total feedback",
        "How many jobs in 2020?",
        "parts per litre",
        "Which customer complained most?",
        "jobs longer than a day",
        "average labour per hour",
        "How many Teslas came in?",
        "How many customers only paid in cash?",
        "average year",
    ],
)

CROPS = GoldenTable(
    "crop-yields",
    _crops,
    [
        ("average yield by region", lambda t: keyed(t.groupby("region").yield_.mean())),
        (
            "Which farm had the highest yield in 2020?",
            lambda t: First((t.loc[t[t.year == 2020].yield_.idxmax()].farm,)),
        ),
        ("How many farms are in the North?", lambda t: One(t[t.region == "North"].farm.nunique())),
        (
            "rain at Birch Hill in 2018",
            lambda t: One(t[(t.farm == "Birch Hill") & (t.year == 2018)].rain.item()),
        ),
        ("average rain per year", lambda t: keyed(t.groupby(t.year.astype(str)).rain.mean())),
        ("correlation between rain and yield", lambda t: One(t.rain.corr(t.yield_))),
        (
            "In which years did Elm Grove grow maize?",
            lambda t: names(t[(t.farm == "Elm Grove") & (t.crop == "Maize")].year),
        ),
        (
            "best year of each farm by yield",
            lambda t: keyed(t.loc[t.groupby("farm").yield_.idxmax()].set_index("farm").yield_),
        ),
        ("total area in 2023", lambda t: One(t[t.year == 2023].ha.sum())),
        (
            "change in yield at Dale End from 2014 to 2023",
            lambda t: Gap(
                t[(t.farm == "Dale End") & (t.year == 2023)].yield_.item()
                - t[(t.farm == "Dale End") & (t.year == 2014)].yield_.item()
            ),
        ),
        (
            "Which farm has the lowest average yield?",
            lambda t: best(t.groupby("farm").yield_.mean(), low=True),
        ),
    ],
    [
        "Which farms have a yield above 6?",
        "How many farms are organic?",
        "yield of tomatoes",
        "total yield by farm",
        "harvest in tonnes",
        "How many cows does Alder Farm have?",
        "Which farm will do best in 2025?",
        "rain in 1990",
        "profit per hectare",
        "Why was 2018 so bad?",
        "How much does wheat cost?",
        "largest farm",
    ],
)

MARATHON = GoldenTable(
    "marathon-results",
    _marathon,
    [
        ("shortest finish time", lambda t: First((t.time.min(),))),
        ("How many runners did not finish?", lambda t: One(int((t.status == "DNF").sum()))),
        ("How many women ran?", lambda t: One(int((t.sex == "F").sum()))),
        (
            "average finish time by age over 60",
            lambda t: keyed(t[t.age > 60].groupby("age").time.mean()),
        ),
        ("median finish time of women", lambda t: One(t[t.sex == "F"].time.median())),
        (
            "How many Kenyan runners finished in under 3 hours?",
            lambda t: One(int(((t.country == "Kenya") & (t.time < 180)).sum())),
        ),
        ("oldest runner", lambda t: First((t.age.max(),))),
        ("Which club raised the most money?", lambda t: best(t.groupby("club").raised.sum())),
        ("runners without a club", lambda t: Listed(int(t.club.isna().sum()))),
        ("How many runners raised at least £300?", lambda t: One(int((t.raised >= 300).sum()))),
        (
            "top 3 countries by number of runners",
            lambda t: First((t.country.value_counts().max(),), 3),
        ),
        ("What percentage of runners finished?", lambda t: percent(t.status == "Finished")),
        ("How many first-time marathon runners?", lambda t: One(int((t.previous == 0).sum()))),
        ("average age of charity runners", lambda t: One(t[t.category == "Charity"].age.mean())),
    ],
    [
        "How many runners were injured?",
        "average heart rate",
        "Which runner is the most likeable?",
        "average speed",
        "How many runners from Brazil?",
        "How many runners in 2021?",
        "Which shoes are the fastest?",
        "How many spectators came?",
        "share of sex",
        "the slowest",
        "prize money by country",
    ],
)
