"""Loans of a library: three dates, books still out, people who borrow more than once."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    Gap,
    GoldenTable,
    Listed,
    One,
    Table,
    best,
    keyed,
    names,
    percent,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "library-loans.csv")
    table.columns = [
        *("loan", "who", "ages", "branch", "title", "genre", "author"),
        *("out", "due", "back", "renewals", "late", "reserved"),
    ]
    for name in ("out", "due", "back"):
        table[name] = pd.to_datetime(table[name], format="%d/%m/%Y")
    return table


LOANS = GoldenTable(
    "library-loans",
    _read,
    [
        ("How many loans does the library have on record?", lambda t: One(len(t))),
        ("How many different borrowers are there?", lambda t: One(t.who.nunique())),
        ("Which book was borrowed most often?", lambda t: best(t.title.value_counts())),
        ("What are the late fees in total?", lambda t: One(t.late.sum())),
        ("total late fees per branch", lambda t: keyed(t.groupby("branch").late.sum())),
        (
            "How many loans have not been returned?",
            lambda t: One(int(t.back.isna().sum())),
        ),
        (
            "How many loans were made at Central or Eastgate?",
            lambda t: One(int(t.branch.isin(["Central", "Eastgate"]).sum())),
        ),
        (
            "How many reserved loans went to teens?",
            lambda t: One(int(((t.reserved == "Y") & (t.ages == "Teen")).sum())),
        ),
        ("What is the highest late fee?", lambda t: One(t.late.max())),
        (
            "Which borrowers borrowed at least 10 books?",
            lambda t: names(t.who.value_counts()[lambda n: n >= 10].index),
        ),
        (
            "average number of renewals by genre",
            lambda t: keyed(t.groupby("genre").renewals.mean()),
        ),
        ("share of loans by age group", lambda t: keyed(100 * t.ages.value_counts(normalize=True))),
        ("What percentage of loans were reserved?", lambda t: percent(t.reserved == "Y")),
        (
            "loans that were renewed more than twice",
            lambda t: Listed(int((t.renewals > 2).sum())),
        ),
        (
            "How many loans were due in March 2024?",
            lambda t: One(int((t.due.dt.strftime("%Y-%m") == "2024-03").sum())),
        ),
        (
            "How many loans had a late fee over £2?",
            lambda t: One(int((t.late > 2).sum())),
        ),
        (
            "Which author is borrowed most by seniors?",
            lambda t: best(t[t.ages == "Senior"].author.value_counts()),
        ),
        (
            "How many more loans did Central have than Millbrook?",
            lambda t: Gap(int((t.branch == "Central").sum() - (t.branch == "Millbrook").sum())),
        ),
        ("books by P. Kessler", lambda t: names(t[t.author == "P. Kessler"].title)),
        (
            "How many loans were not at the Central branch?",
            lambda t: One(int((t.branch != "Central").sum())),
        ),
        (
            "How many genres did Ada Finch borrow?",
            lambda t: One(t[t.who == "Ada Finch"].genre.nunique()),
        ),
    ],
    [
        "How many books does the library own?",
        "How many members have a card?",
        "Which borrower is the slowest reader?",
        "How many loans were extended by email?",
        "average number of pages",
        "How many loans in 2019?",
        "Which branch has the friendliest staff?",
        "How many audiobooks were loaned?",
        "loans per inhabitant by branch",
        "most popular",
        "How many books did Ada borrow and Ben return?",
        "Which books are always late?",
        "average time between loan and return by branch",
        "How many borrowers never came back?",
        "What did Kim Bauer borrow?",
        "average date",
        "How many crime books were loaned?",
        "number of books loaned in 2023",
        "average late fee of only late loans",
        "How many borrowers had no late fee?",
        "loans not returned by June 2023",
        "Which branch has the most renewals?",
    ],
)
