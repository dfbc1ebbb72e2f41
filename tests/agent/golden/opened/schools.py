"""A table of schools year by year, kept apart."""

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
    keyed,
    names,
    top,
)


def _schools() -> Table:
    table = pd.read_csv(TABLES / "school-years.csv", thousands=",")
    table.columns = [
        *("school", "district", "type", "private", "year", "pupils", "teachers", "rate"),
        *("absence", "budget", "laptops"),
    ]
    return table


def _at(table: Table, school: str, of: int) -> Table:
    """The row of a school and year."""
    return table[(table.school == school) & (table.year == of)]


SCHOOLS = GoldenTable(
    "school-years",
    _schools,
    [
        (
            "How many pupils did Hillcrest have in 2020?",
            lambda t: One(int(_at(t, "Hillcrest", 2020).pupils.item())),
        ),
        ("average pass rate by school type", lambda t: keyed(t.groupby("type").rate.mean())),
        (
            "Which school had the best pass rate in 2023?",
            lambda t: best(t[t.year == 2023].set_index("school").rate),
        ),
        (
            "How many schools are there in the North district?",
            lambda t: One(t[t.district == "North"].school.nunique()),
        ),
        ("total number of pupils per year", lambda t: keyed(t.groupby("year").pupils.sum())),
        (
            "change in pupils at Oakfield from 2017 to 2023",
            lambda t: Gap(
                int(_at(t, "Oakfield", 2023).pupils.item() - _at(t, "Oakfield", 2017).pupils.item())
            ),
        ),
        (
            "Which schools had fewer than 300 pupils in 2022?",
            lambda t: names(t[(t.year == 2022) & (t.pupils < 300)].school),
        ),
        ("mean absence of private schools", lambda t: One(t[t.private == "yes"].absence.mean())),
        (
            "In which years did Elm Road have an absence above 6 %?",
            lambda t: names(t[(t.school == "Elm Road") & (t.absence > 6)].year),
        ),
        ("best pass rate of each school", lambda t: keyed(t.groupby("school").rate.max())),
        ("correlation between absence and pass rate", lambda t: One(t.absence.corr(t.rate))),
        (
            "How many laptops were there in total in 2023?",
            lambda t: One(int(t[t.year == 2023].laptops.sum())),
        ),
        (
            "budget of each school in 2021",
            lambda t: keyed(t[t.year == 2021].set_index("school").budget),
        ),
        (
            "What was the lowest absence at Wharf Lane?",
            lambda t: First((t[t.school == "Wharf Lane"].absence.min(),)),
        ),
        ("How many pass rates are missing?", lambda t: One(int((t.rate.isna()).sum()))),
        (
            "linear trend of absence over the years",
            lambda t: One(t.absence.cov(t.year) / t.year.var()),
        ),
        (
            "schools with more than 50 teachers on average",
            lambda t: names(t.groupby("school").teachers.mean()[lambda n: n > 50].index),
        ),
        (
            "median number of pupils at secondary schools",
            lambda t: One(t[t.type == "secondary"].pupils.median()),
        ),
        (
            "top 3 schools for laptops in 2023",
            lambda t: top(t[t.year == 2023].set_index("school").laptops.nlargest(3)),
        ),
        (
            "share of pupils by school type in 2023",
            lambda t: keyed(
                100
                * t[t.year == 2023].groupby("type").pupils.sum()
                / t[t.year == 2023].pupils.sum()
            ),
        ),
        (
            "How many more pupils were there in the North than in the East in 2022?",
            lambda t: Gap(
                int(
                    t[(t.year == 2022) & (t.district == "North")].pupils.sum()
                    - t[(t.year == 2022) & (t.district == "East")].pupils.sum()
                )
            ),
        ),
    ],
    [
        "How many pupils wear glasses?",
        "average class size",
        "average salary of the teachers",
        "Which school is the friendliest?",
        "pass rate in maths",
        "How many girls went to Hillcrest in 2022?",
        "How many pupils were there in 2010?",
        "pupils at Riverdale Academy",
        "sum of the pass rates",
        "Why did absence go up in 2020?",
        "How many pupils will there be in 2026?",
        "How many schools have a swimming pool?",
        "What does lunch cost?",
        "pupils who cycle to school in the North",
        "budget in dollars",
    ],
)
