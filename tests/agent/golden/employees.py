"""Employees: ids, full names, day-first dates, booleans, scores with gaps."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    GoldenTable,
    Listed,
    One,
    Table,
    best,
    names,
    series,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "employees.csv")
    table.columns = [
        "id",
        "name",
        "dept",
        "job",
        "pay",
        "date",
        "remote",
        "office",
        "score",
        "boss",
    ]
    table["date"] = pd.to_datetime(table["date"], dayfirst=True)
    return table


EMPLOYEES = GoldenTable(
    "employees",
    _read,
    [
        ("How many employees are there?", lambda t: One(len(t))),
        ("How many employees work in Sales?", lambda t: One(int((t.dept == "Sales").sum()))),
        ("What is the average annual salary?", lambda t: One(t.pay.mean())),
        ("average salary by department", lambda t: series(t.groupby("dept").pay.mean())),
        ("Who earns the most?", lambda t: First((t.loc[t.pay.idxmax()]["name"],))),
        (
            "Which employee has the highest salary?",
            lambda t: First((t.loc[t.pay.idxmax()]["name"],)),
        ),
        ("What is the salary of Ada Berg?", lambda t: One(t.pay[t["name"] == "Ada Berg"].item())),
        (
            "In which office does Bo Costa work?",
            lambda t: One(t.office[t["name"] == "Bo Costa"].item()),
        ),
        (
            "How many remote employees are in Berlin?",
            lambda t: One(int((t.remote & (t.office == "Berlin")).sum())),
        ),
        ("How many managers are there?", lambda t: One(int((t.job == "Manager").sum()))),
        ("Which department has the most employees?", lambda t: best(t.dept.value_counts())),
        (
            "How many employees earn more than 100000 EUR?",
            lambda t: One(int((t.pay > 100000).sum())),
        ),
        ("How many people were hired in 2019?", lambda t: One(int((t.date.dt.year == 2019).sum()))),
        ("number of employees by office", lambda t: series(t.groupby("office").size())),
        ("How many employees have no performance score?", lambda t: One(int(t.score.isna().sum()))),
        (
            "median salary of engineers in Lisbon",
            lambda t: One(t[(t.job == "Engineer") & (t.office == "Lisbon")].pay.median()),
        ),
        ("lowest salary in Finance", lambda t: One(t[t.dept == "Finance"].pay.min())),
        ("Which departments are there?", lambda t: names(t.dept)),
        ("list employees hired before 2013", lambda t: Listed(int((t.date.dt.year < 2013).sum()))),
        ("Who was hired last?", lambda t: First((t.loc[t.date.idxmax()]["name"],))),
    ],
    [
        "How old is Ada Berg?",
        "What is the salary of John Smith?",
        "How many employees work in Legal?",
        "What is the average bonus?",
        "Who will be promoted next year?",
        "Which employee is the nicest?",
        "How many employees are married?",
        "How many employees work in Paris?",
        "How many employees were hired in 1999?",
        "Why did Ada Berg leave?",
    ],
)
