"""A table of blood donors' visits, kept apart."""

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
    percent,
    periods,
    year,
)


def _visits() -> Table:
    table = pd.read_csv(TABLES / "donor-visits.csv")
    table.columns = [
        *("no", "donor", "group", "sex", "age", "kg", "date", "session", "centre", "type"),
        *("ml", "hb", "systolic", "pulse", "deferred", "reason", "nurse"),
    ]
    table["date"] = pd.to_datetime(table["date"], format="%d.%m.%Y")
    return table


VISITS = GoldenTable(
    "donor-visits",
    _visits,
    [
        (
            "How many visits did the Northgate centre have in May 2023?",
            lambda t: One(
                int(((t.centre == "Northgate") & (t.date.dt.strftime("%Y-%m") == "2023-05")).sum())
            ),
        ),
        ("average haemoglobin of women", lambda t: One(t[t.sex == "F"].hb.mean())),
        ("visits by blood group", lambda t: keyed(t.group.value_counts())),
        ("how many different donors came to us?", lambda t: One(t.donor.nunique())),
        (
            "What is the total volume of plasma we collected?",
            lambda t: One(t[t.type == "plasma"].ml.sum()),
        ),
        ("Which nurse handled the most visits?", lambda t: best(t.nurse.value_counts())),
        (
            "Please list the visits with a haemoglobin below 12",
            lambda t: Listed(int((t.hb < 12).sum())),
        ),
        (
            "How many visits were made by O- donors at Northgate?",
            lambda t: One(int(((t.group == "O-") & (t.centre == "Northgate")).sum())),
        ),
        (
            "How many visits were deferred because of an infection?",
            lambda t: One(int((t.reason == "infection").sum())),
        ),
        ("percentage of visits that were deferred", lambda t: percent(t.deferred == "yes")),
        ("median age per donation type", lambda t: keyed(t.groupby("type").age.median())),
        (
            "How many donors came more than three times?",
            lambda t: One(int((t.donor.value_counts() > 3).sum())),
        ),
        (
            "show the 3 visits with the highest systolic pressure",
            lambda t: First((t.systolic.max(),), 3),
        ),
        (
            "How many visits took place on a Saturday?",
            lambda t: One(int((t.date.dt.day_of_week == 5).sum())),
        ),
        (
            "first visit at Fairview",
            lambda t: best(t[t.centre == "Fairview"].set_index("no").date, low=True),
        ),
        (
            "How much higher is the average pulse in the evening than in the morning?",
            lambda t: Gap(
                t[t.session == "Evening"].pulse.mean() - t[t.session == "Morning"].pulse.mean()
            ),
        ),
        (
            "number of visits per month in 2023",
            lambda t: periods(t[year(t) == 2023].date.dt.to_period("M").value_counts()),
        ),
        ("visits without a weight", lambda t: Listed(int((t.kg.isna()).sum()))),
        ("standard deviation of the pulse", lambda t: One(t.pulse.std())),
        (
            "How many platelets visits were by donors aged 18 to 30?",
            lambda t: One(int(((t.type == "platelets") & t.age.between(18, 30)).sum())),
        ),
        ("lowest haemoglobin at each centre", lambda t: keyed(t.groupby("centre").hb.min())),
        ("Is there a correlation between weight and haemoglobin?", lambda t: One(t.kg.corr(t.hb))),
    ],
    [
        "How many donors smoke?",
        "average cholesterol by sex",
        "How many visits were by donors with diabetes?",
        "Which donor is the bravest?",
        "How many visits did we have in 2017?",
        "average haemoglobin at the airport centre",
        "total pulse",
        "How many donors fainted?",
        "Why were so many visits deferred in May?",
        "How many donors will come next month?",
        "average height of the men",
        "How long did donors have to wait?",
        "cost per donation",
        "sum of the haemoglobin values",
        "How many O- donors at Northgate came by bus?",
        "visits of left-handed donors",
    ],
)
