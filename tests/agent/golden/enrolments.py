"""Course enrolments: students who come again, percent signs, grades that are missing."""

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
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "course-enrolments.csv")
    table.columns = [
        *("student", "age", "mode", "faculty", "code", "course", "credits", "term"),
        *("date", "there", "score", "passed", "fee", "grant"),
    ]
    table["date"] = pd.to_datetime(table["date"], format="%b %d, %Y")
    table["there"] = table["there"].str.rstrip("%").astype(float)
    table["fee"] = table["fee"].str.lstrip("$").str.replace(",", "").astype(float)
    return table


ENROLMENTS = GoldenTable(
    "course-enrolments",
    _read,
    [
        ("How many students are there?", lambda t: One(t.student.nunique())),
        ("How many enrolments are there?", lambda t: One(len(t))),
        ("average exam score by faculty", lambda t: keyed(t.groupby("faculty").score.mean())),
        (
            "How many enrolments in Law passed?",
            lambda t: One(int(((t.faculty == "Law") & (t.passed == "Yes")).sum())),
        ),
        (
            "How many enrolments failed to pass?",
            lambda t: One(int((t.passed == "No").sum())),
        ),
        (
            "Which course has the highest average exam score?",
            lambda t: best(t.groupby("course").score.mean()),
        ),
        ("total tuition fees for Autumn 2022", lambda t: One(t[t.term == "Autumn 2022"].fee.sum())),
        ("How many enrolments have no exam score?", lambda t: One(int(t.score.isna().sum()))),
        (
            "What percentage of enrolments have a scholarship?",
            lambda t: percent(t.grant),
        ),
        (
            "average attendance of part-time students",
            lambda t: One(t[t["mode"] == "Part-time"].there.mean()),
        ),
        (
            "How many enrolments had an attendance below 50%?",
            lambda t: One(int((t.there < 50).sum())),
        ),
        (
            "How many different students took Chemistry?",
            lambda t: One(t[t.course == "Chemistry"].student.nunique()),
        ),
        ("correlation of attendance and exam score", lambda t: One(t.there.corr(t.score))),
        (
            "courses with more than 20 enrolments",
            lambda t: names(t.course.value_counts()[lambda n: n > 20].index),
        ),
        ("number of enrolments per term", lambda t: keyed(t.term.value_counts())),
        (
            "How many enrolments scored 80 or more?",
            lambda t: One(int((t.score >= 80).sum())),
        ),
        ("lowest exam score in Genetics", lambda t: One(t[t.course == "Genetics"].score.min())),
        ("median age by study mode", lambda t: keyed(t.groupby("mode").age.median())),
        (
            "How many enrolments were outside the Law faculty?",
            lambda t: One(int((t.faculty != "Law").sum())),
        ),
        (
            "Which faculty has the fewest enrolments?",
            lambda t: best(t.faculty.value_counts(), low=True),
        ),
        (
            "How many credits is BUS310 worth?",
            lambda t: First((t[t.code == "BUS310"].credits.iloc[0],)),
        ),
        (
            "enrolments with a scholarship and an exam score above 85",
            lambda t: Listed(int((t.grant & (t.score > 85)).sum())),
        ),
        (
            "difference in average exam score between full-time and part-time",
            lambda t: Gap(
                t[t["mode"] == "Full-time"].score.mean() - t[t["mode"] == "Part-time"].score.mean()
            ),
        ),
        (
            "How many enrolments of students older than 40?",
            lambda t: One(int((t.age > 40).sum())),
        ),
        (
            "How many enrolments by part-time students?",
            lambda t: One(int((t["mode"] == "Part-time").sum())),
        ),
    ],
    [
        "How many teachers are there?",
        "average grade of international students",
        "How many students graduated?",
        "How many students live on campus?",
        "Which course is the hardest?",
        "average exam score in Astronomy",
        "total exam score by faculty",
        "How many women enrolled?",
        "How many students failed twice?",
        "enrolments per classroom",
        "Which student is the smartest?",
        "How many enrolments in 2018?",
        "average of Chemistry",
        "How many students dropped Law for Arts?",
        "How many courses do students take on average?",
        "highest course",
    ],
)
