"""Readings every six hours: times of day, two columns of the same name, on/off, gaps."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import TABLES, GoldenTable, One, Table, best, names, series


def _read() -> Table:
    table = pd.read_csv(TABLES / "sensors.csv")
    table.columns = ["date", "room", "t1", "t2", "humid", "co2", "heat", "volt", "noise"]
    table["date"] = pd.to_datetime(table["date"])
    return table


SENSORS = GoldenTable(
    "sensors",
    _read,
    [
        ("How many readings are there?", lambda t: One(len(t))),
        ("average humidity by room", lambda t: series(t.groupby("room").humid.mean())),
        ("highest CO2 in the lab", lambda t: One(t[t.room == "Lab"].co2.max())),
        ("How often was the heating on?", lambda t: One(int((t.heat == "on").sum()))),
        (
            "Which room has the highest average noise?",
            lambda t: best(t.groupby("room").noise.mean()),
        ),
        ("lowest battery", lambda t: One(t.volt.min())),
        ("How many readings had a noise above 50 dB?", lambda t: One(int((t.noise > 50).sum()))),
        (
            "average CO2 on 2024-03-10",
            lambda t: One(t[t.date.dt.date.astype(str) == "2024-03-10"].co2.mean()),
        ),
        ("How many readings are missing CO2?", lambda t: One(int(t.co2.isna().sum()))),
        ("median humidity in the office", lambda t: One(t[t.room == "Office"].humid.median())),
        (
            "average noise by hour of the day",
            lambda t: series(t.groupby(t.date.dt.strftime("%H:00")).noise.mean()),
        ),
        (
            "How many readings were taken in the store room?",
            lambda t: One(int((t.room == "Store room").sum())),
        ),
        ("Which rooms are there?", lambda t: names(t.room)),
        ("standard deviation of battery", lambda t: One(t.volt.std())),
        (
            "maximum humidity when the heating was off",
            lambda t: One(t[t.heat == "off"].humid.max()),
        ),
        (
            "How many readings in the lab had humidity below 35 %?",
            lambda t: One(int(((t.room == "Lab") & (t.humid < 35)).sum())),
        ),
        ("number of readings per room", lambda t: series(t.groupby("room").size())),
        ("average noise at weekends", lambda t: One(t[t.date.dt.day_of_week >= 5].noise.mean())),
    ],
    [
        "average temperature by room",
        "Highest temperature in the office",
        "What is the air pressure?",
        "How many readings in the kitchen?",
        "Average humidity in 2023",
        "Who opened the window?",
        "How many people were in the office?",
        "Is the air in the lab healthy?",
        "How many readings had a noise above 50 kg?",
        "What will the humidity be tomorrow?",
        "light level by room",
        "average wind speed",
        "How many readings were there in June 2024?",
        "Which sensor is broken?",
    ],
)
