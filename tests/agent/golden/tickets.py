"""Tickets of a help desk: times of the day, hyphens in values and names, answers left out."""

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
    table = pd.read_csv(TABLES / "support-tickets.csv")
    table.columns = ["no", "at", "priority", "channel", "team", "first", "hours", "csat", "back"]
    table["at"] = pd.to_datetime(table["at"])
    return table


def _month(table: Table) -> Table:
    return table["at"].dt.strftime("%Y-%m")


TICKETS = GoldenTable(
    "support-tickets",
    _read,
    [
        (
            "How many high priority tickets were opened in March 2024?",
            lambda t: One(int(((t.priority == "high") & (_month(t) == "2024-03")).sum())),
        ),
        (
            "Which team has the second highest average handling time?",
            lambda t: best(t.groupby("team").hours.mean().nlargest(2)[1:]),
        ),
        (
            "How many teams have more than 35 tickets?",
            lambda t: One(int((t.team.value_counts() > 35).sum())),
        ),
        ("average CSAT excluding phone", lambda t: One(t[t.channel != "phone"].csat.mean())),
        (
            "How many tickets were not assigned to Billing?",
            lambda t: One(int((t.team != "Billing").sum())),
        ),
        (
            "What share of urgent tickets were reopened?",
            lambda t: percent(t[t.priority == "urgent"].back == "yes"),
        ),
        (
            "How many tickets were opened in the last 30 days?",
            lambda t: One(int((t["at"].dt.normalize() > "2024-05-29").sum())),
        ),
        (
            "median first response time by channel",
            lambda t: keyed(t.groupby("channel")["first"].median()),
        ),
        (
            "Which channel has the lowest median first response?",
            lambda t: best(t.groupby("channel")["first"].median(), low=True),
        ),
        (
            "How many tickets had a handling time between 24 and 48 hours?",
            lambda t: One(int(t.hours.between(24, 48).sum())),
        ),
        ("How many tickets have no CSAT?", lambda t: One(int(t.csat.isna().sum()))),
        (
            "Which teams have at least 5 urgent tickets?",
            lambda t: names(t[t.priority == "urgent"].team.value_counts()[lambda n: n >= 5].index),
        ),
        (
            "highest first response for chat tickets",
            lambda t: One(t[t.channel == "chat"]["first"].max()),
        ),
        (
            "On which weekday are the most tickets opened?",
            lambda t: best(t.groupby(t["at"].dt.day_name()).size()),
        ),
        (
            "How many tickets were opened on weekends?",
            lambda t: One(int((t["at"].dt.day_of_week >= 5).sum())),
        ),
        ("share of tickets by priority", lambda t: keyed(100 * t.priority.value_counts(True))),
        (
            "average CSAT of each team, without phone tickets",
            lambda t: keyed(t[t.channel != "phone"].groupby("team").csat.mean()),
        ),
        (
            "How many tickets were opened since May 2024?",
            lambda t: One(int((t["at"] >= "2024-05-01").sum())),
        ),
        (
            "How many tickets were neither urgent nor high priority?",
            lambda t: One(int((~t.priority.isin(["urgent", "high"])).sum())),
        ),
        (
            "What was the third longest handling time?",
            lambda t: First((t.hours.drop_duplicates().nlargest(3).iloc[-1],)),
        ),
        (
            "difference between the median handling time of urgent and low priority tickets",
            lambda t: Gap(
                t[t.priority == "urgent"].hours.median() - t[t.priority == "low"].hours.median()
            ),
        ),
        (
            "How many tickets per channel were reopened?",
            lambda t: keyed(t[t.back == "yes"].groupby("channel").size()),
        ),
        (
            "How many tickets had a CSAT below 3 and were reopened?",
            lambda t: One(int(((t.csat < 3) & (t.back == "yes")).sum())),
        ),
        (
            "average CSAT by team, only for urgent or high priority tickets",
            lambda t: keyed(t[t.priority.isin(["urgent", "high"])].groupby("team").csat.mean()),
        ),
        (
            "How many different teams handled phone tickets?",
            lambda t: One(t[t.channel == "phone"].team.nunique()),
        ),
        (
            "longest handling time per team",
            lambda t: keyed(t.groupby("team").hours.max()),
        ),
        (
            "Which ticket had the longest handling time?",
            lambda t: First((t.no[t.hours.idxmax()],)),
        ),
        (
            "How many tickets were opened in Q1 2024 but not in February?",
            lambda t: One(int(t["at"].dt.month.isin([1, 3]).sum())),
        ),
        (
            "e-mail tickets with a first response above 120 minutes",
            lambda t: Listed(int(((t.channel == "e-mail") & (t["first"] > 120)).sum())),
        ),
        (
            "Which month had the fewest tickets?",
            lambda t: best(t.groupby(t["at"].dt.month_name()).size(), low=True),
        ),
        (
            "On how many days was more than one ticket opened?",
            lambda t: One(int((t["at"].dt.date.value_counts() > 1).sum())),
        ),
        (
            "Which day had the most tickets?",
            lambda t: best(t["at"].dt.strftime("%Y-%m-%d").value_counts().sort_index()),
        ),
        (
            "average number of tickets per team",
            lambda t: One(t.team.value_counts().mean()),
        ),
    ],
    [
        "How many tickets did Marketing get?",
        "average handling time of critical tickets",
        "How many tickets were opened in 2023?",
        "average CSAT by customer",
        "Which agent closed the most tickets?",
        "How many tickets were opened in the last 2 years?",
        "first response above 30 km",
        "How many tickets came in by fax?",
        "Who opened the most tickets?",
        "Where were most tickets opened?",
        "Compare the handling time of Billing and Sales",
        "How many customers opened more than 2 tickets?",
        "tickets that breached the SLA",
        "What is the average?",
        "Which team is the best?",
        "How many tickets were opened on 31 June 2024?",
        "How many tickets were opened in August 2024?",
        "Which team handled the most tickets in both March and August?",
        "When was the handling time?",
        "tickets with a CSAT of 9",
        "average handling time of the tickets with a CSAT above 7",
        "How many tickets were opened in the last month?",
    ],
)
