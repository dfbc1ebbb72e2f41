"""Visits to a clinic: repeated ids, "n/a", booleans, one-letter codes."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import TABLES, First, GoldenTable, One, Table, best, series


def _read() -> Table:
    table = pd.read_csv(TABLES / "clinic-visits.csv")
    table.columns = ["pid", "date", "doctor", "kind", "age", "sex", "kg", "insured", "min", "fee"]
    table["date"] = pd.to_datetime(table["date"])
    return table


CLINIC = GoldenTable(
    "clinic-visits",
    _read,
    [
        ("How many visits were there?", lambda t: One(len(t))),
        (
            "How many visits did Dr. Silva have?",
            lambda t: One(int((t.doctor == "Dr. Silva").sum())),
        ),
        ("average fee by visit type", lambda t: series(t.groupby("kind").fee.mean())),
        ("Total fees in March 2023", lambda t: One(t[t.date.dt.month == 3].fee.sum())),
        ("How many different patients came?", lambda t: One(t.pid.nunique())),
        ("Which doctor had the most visits?", lambda t: best(t.doctor.value_counts())),
        ("How many insured visits were there?", lambda t: One(int(t.insured.sum()))),
        (
            "average age of patients who had surgery",
            lambda t: One(t[t.kind == "Surgery"].age.mean()),
        ),
        ("How many visits by patients older than 80?", lambda t: One(int((t.age > 80).sum()))),
        ("How many visits have no weight?", lambda t: One(int(t.kg.isna().sum()))),
        ("Which patient came most often?", lambda t: First((t.pid.value_counts().iloc[0],))),
        (
            "median duration of vaccinations",
            lambda t: One(t[t.kind == "Vaccination"]["min"].median()),
        ),
        ("highest fee for an X-ray", lambda t: One(t[t.kind == "X-ray"].fee.max())),
        ("number of visits per month", lambda t: First((int((t.date.dt.month == 1).sum()),), 12)),
        ("average weight of female patients", lambda t: One(t[t.sex == "F"].kg.mean())),
        (
            "How many checkups lasted 60 minutes?",
            lambda t: One(int(((t.kind == "Checkup") & (t["min"] == 60)).sum())),
        ),
        (
            "Which visit type has the longest average duration?",
            lambda t: best(t.groupby("kind")["min"].mean()),
        ),
        ("How many visits were not insured?", lambda t: One(int((~t.insured).sum()))),
        ("total fee by doctor", lambda t: series(t.groupby("doctor").fee.sum())),
        (
            "How many follow-ups did Dr. Okafor do?",
            lambda t: One(int(((t.kind == "Follow-up") & (t.doctor == "Dr. Okafor")).sum())),
        ),
    ],
    [
        "How many visits did Dr. House have?",
        "What is the most common diagnosis?",
        "Average blood pressure by age",
        "How many nurses work at the clinic?",
        "How many visits in 2022?",
        "Which doctor is the best?",
        "Which patient will come back?",
        "What is the phone number of P0144?",
        "How many dental visits were there?",
        "Average waiting time",
        "Which medicine was prescribed most?",
    ],
)
