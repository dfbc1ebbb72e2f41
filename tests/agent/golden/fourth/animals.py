"""A fresh table: the animals of a shelter, when and why they came and left."""

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


def _animals() -> Table:
    table = pd.read_csv(TABLES / "shelter-animals.csv")
    table.columns = [
        *("id", "name", "species", "breed", "sex", "age", "kg", "came", "reason", "left"),
        *("outcome", "fee", "vaccinated", "kennel"),
    ]
    for name in ("came", "left"):
        table[name] = pd.to_datetime(table[name], format="%d %b %Y")
    return table


ANIMALS = GoldenTable(
    "shelter-animals",
    _animals,
    [
        (
            "How many dogs came in during 2023?",
            lambda t: One(int(((t.species == "Dog") & (t.came.dt.year == 2023)).sum())),
        ),
        ("animals that have not left yet", lambda t: Listed(int(t.left.isna().sum()))),
        ("average adoption fee per species", lambda t: keyed(t.groupby("species").fee.mean())),
        ("number of animals by reason", lambda t: keyed(t.reason.value_counts())),
        ("How old is the oldest cat?", lambda t: First((t[t.species == "Cat"].age.max(),))),
        (
            "How many animals left in December 2022?",
            lambda t: One(int((t.left.dt.strftime("%Y-%m") == "2022-12").sum())),
        ),
        (
            "How many unvaccinated cats are there?",
            lambda t: One(int(((t.species == "Cat") & (t.vaccinated == "no")).sum())),
        ),
        (
            "median weight of female dogs",
            lambda t: One(t[(t.species == "Dog") & (t.sex == "Female")].kg.median()),
        ),
        ("Show all animals without a name", lambda t: Listed(int(t.name.isna().sum()))),
        (
            "How many different breeds of dog did we have?",
            lambda t: One(t[t.species == "Dog"].breed.nunique()),
        ),
        (
            "What percentage of animals was surrendered?",
            lambda t: percent(t.reason == "Surrendered"),
        ),
        (
            "list the rabbits older than 2 years",
            lambda t: Listed(int(((t.species == "Rabbit") & (t.age > 24)).sum())),
        ),
        (
            "How many animals came in each month of 2022?",
            lambda t: periods(t[t.came.dt.year == 2022].came.dt.to_period("M").value_counts()),
        ),
        ("the 3 heaviest dogs", lambda t: First((t[t.species == "Dog"].kg.max(),), 3)),
        ("How much did we collect in adoption fees altogether?", lambda t: One(t.fee.sum())),
        (
            "difference in average age between male and female cats",
            lambda t: Gap(
                t[(t.species == "Cat") & (t.sex == "Male")].age.mean()
                - t[(t.species == "Cat") & (t.sex == "Female")].age.mean()
            ),
        ),
        ("highest weight for each species", lambda t: keyed(t.groupby("species").kg.max())),
        (
            "Which reasons were given for fewer than 40 animals?",
            lambda t: names(t.reason.value_counts()[lambda n: n < 40].index),
        ),
        ("What was the first animal that came in?", lambda t: First((t.loc[t.came.idxmin()].id,))),
        (
            "On which day of the week do most animals come in?",
            lambda t: best(t.came.dt.day_name().value_counts()),
        ),
        (
            "What is the second most common species?",
            lambda t: First((t.species.value_counts().index[1],)),
        ),
        (
            "How many animals came in during the last 60 days of the data?",
            lambda t: One(int((t.came > t.came.max() - pd.Timedelta(days=60)).sum())),
        ),
    ],
    [
        "How many animals were transferred?",
        "How many dogs are good with children?",
        "Which animal is the cutest?",
        "how many animals were neutered",
        "animals treated by each vet",
        "average weight of the horses",
        "total age of the cats",
        "How many puppies will come in next spring?",
        "Why are so many cats surrendered?",
        "How many animals came in during 2019?",
        "Who adopted Bella?",
        "black cats",
        "How many dogs over 20 kg came in wearing a collar?",
    ],
)
