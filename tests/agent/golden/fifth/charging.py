"""A fresh table: sessions at the charging points of a town."""

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


def _sessions() -> Table:
    table = pd.read_csv(TABLES / "charging-sessions.csv")
    table.columns = [
        *("session", "site", "operator", "plug", "power", "start", "minutes", "kwh", "cost"),
        *("car", "member", "idle", "ended"),
    ]
    table["start"] = pd.to_datetime(table.start)
    table["month"] = table.start.dt.to_period("M")
    return table


CHARGING = GoldenTable(
    "charging-sessions",
    _sessions,
    [
        ("How many charging sessions were there?", lambda t: One(len(t))),
        ("total energy in kWh", lambda t: One(t.kwh.sum())),
        (
            "average cost of a session at the Airport P2",
            lambda t: One(t[t.site == "Airport P2"].cost.mean()),
        ),
        ("Which site had the most sessions?", lambda t: best(t.site.value_counts())),
        ("median duration by operator", lambda t: keyed(t.groupby("operator").minutes.median())),
        (
            "which session took the longest?",
            lambda t: First((t.loc[t.minutes.idxmax()].session,)),
        ),
        (
            "top 5 sessions by energy",
            lambda t: First(tuple(t.nlargest(1, "kwh")[["session", "kwh"]].iloc[0]), 5),
        ),
        ("How many sessions ended with a fault?", lambda t: One(int((t.ended == "fault").sum()))),
        (
            "What percentage of the sessions were by members?",
            lambda t: percent(t.member == "Y"),
        ),
        ("energy per month", lambda t: periods(t.groupby("month").kwh.sum())),
        ("sessions where no car is given", lambda t: Listed(int(t.car.isna().sum()))),
        (
            "How many sessions lasted more than 2 hours?",
            lambda t: One(int((t.minutes > 120).sum())),
        ),
        (
            "Did CityPlug or Voltera deliver more energy?",
            lambda t: best(
                t[t.operator.isin(["CityPlug", "Voltera"])].groupby("operator").kwh.sum()
            ),
        ),
        (
            "how often was a Kia EV6 charged at the Riverside Mall",
            lambda t: One(int(((t.car == "Kia EV6") & (t.site == "Riverside Mall")).sum())),
        ),
        (
            "sessions with over 50 kWh in less than 30 minutes",
            lambda t: Listed(int(((t.kwh > 50) & (t.minutes < 30)).sum())),
        ),
        (
            "What was the first session in March 2024?",
            lambda t: First((t[t.month == "2024-03"].sort_values("start").session.iloc[0],)),
        ),
        ("avg idle time of members", lambda t: One(t[t.member == "Y"].idle.mean())),
        (
            "total cost of CCS sessions in February",
            lambda t: One(t[(t.plug == "CCS") & (t.start.dt.month == 2)].cost.sum()),
        ),
        (
            "difference in average energy between members and non-members",
            lambda t: Gap(t[t.member == "Y"].kwh.mean() - t[t.member == "N"].kwh.mean()),
        ),
        ("Which cars used CHAdeMO?", lambda t: names(t[t.plug == "CHAdeMO"].car.dropna())),
        ("number of sessions per plug type", lambda t: keyed(t.plug.value_counts())),
        (
            "what did session EV-1021 cost",
            lambda t: One(t[t.session == "EV-1021"].cost.item()),
        ),
        (
            "How many different cars charged at Oak Street?",
            lambda t: One(t[t.site == "Oak Street"].car.nunique()),
        ),
    ],
    [
        "How many sessions were there in Lisbon?",
        "average cost per driver",
        "sessions paid with a credit card",
        "Which charger is the best?",
        "Why did so many sessions end with a fault?",
        "average waiting time for a free plug",
        "How much CO2 was saved by site?",
        "energy from solar panels",
        "total cost of the sessions in 2022",
        "How many sessions will there be in May?",
        "average battery level at the start",
        "How many Tesla Model 3 were charged by women?",
        "Which member charged most often?",
        "Is charging at the Airport P2 too expensive?",
    ],
)
