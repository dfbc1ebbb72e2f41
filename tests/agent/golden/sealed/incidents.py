"""A table kept apart: incidents of an online shop's servers."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    SEALED_TABLES,
    Either,
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


def _incidents() -> Table:
    table = pd.read_csv(SEALED_TABLES / "server-incidents.csv")
    table.columns = [
        *("incident", "service", "severity", "region", "opened", "resolved", "down", "users"),
        *("cause", "duty", "reporter", "report"),
    ]
    for column in ("opened", "resolved"):
        table[column] = pd.to_datetime(table[column])
    return table


def _lasted(table: Table) -> Either:
    """The mean time to resolve, in whatever unit."""
    minutes = (table.resolved - table.opened).dt.total_seconds().mean() / 60
    return Either((One(minutes), One(minutes / 60), One(minutes / 1440)))


def _down(table: Table, region: str) -> float:
    return float(table[table.region == region].down.sum())


INCIDENTS = GoldenTable(
    "server-incidents",
    _incidents,
    [
        (
            "How many incidents were opened in March?",
            lambda t: One(int((t.opened.dt.month == 3).sum())),
        ),
        ("number of incidents by severity", lambda t: keyed(t.severity.value_counts())),
        (
            "total downtime of checkout",
            lambda t: One(t[t.service == "checkout"].down.sum()),
        ),
        ("average downtime of P1 incidents", lambda t: One(t[t.severity == "P1"].down.mean())),
        ("Which root cause is the most common?", lambda t: best(t.cause.value_counts())),
        (
            "incidents that are not resolved yet",
            lambda t: Listed(int(t.resolved.isna().sum())),
        ),
        ("longest downtime", lambda t: First((t.down.max(),))),
        (
            "How many incidents affected more than 5,000 users?",
            lambda t: One(int((t.users > 5000).sum())),
        ),
        (
            "share of incidents reported by a customer",
            lambda t: percent(t.reporter == "customer"),
        ),
        ("who was on call most often", lambda t: best(t.duty.value_counts())),
        ("total downtime by service", lambda t: keyed(t.groupby("service").down.sum())),
        ("median users affected by region", lambda t: keyed(t.groupby("region").users.median())),
        (
            "P2 incidents in eu-west without a post-mortem",
            lambda t: Listed(
                int(((t.severity == "P2") & (t.region == "eu-west") & (t.report == "no")).sum())
            ),
        ),
        (
            "incidents opened per month",
            lambda t: periods(t.opened.dt.to_period("M").value_counts()),
        ),
        ("How long did it take on average to resolve an incident?", _lasted),
        (
            "What was the first incident caused by the network?",
            lambda t: First((t[t.cause == "network"].sort_values("opened").incident.iloc[0],)),
        ),
        ("how often was the disk full", lambda t: One(int((t.cause == "disk full").sum()))),
        (
            "Which services had an expired certificate?",
            lambda t: names(t[t.cause == "expired certificate"].service),
        ),
        (
            "Did mail or billing have more incidents?",
            lambda t: best(t[t.service.isin(["mail", "billing"])].service.value_counts()),
        ),
        (
            "total users affected by bad deploys",
            lambda t: One(t[t.cause == "bad deploy"].users.sum()),
        ),
        (
            "How many us-east incidents were not reported by monitoring?",
            lambda t: One(int(((t.region == "us-east") & (t.reporter != "monitoring")).sum())),
        ),
        (
            "What was the root cause of INC-343?",
            lambda t: One(t[t.incident == "INC-343"].cause.item()),
        ),
        (
            "top 3 incidents by users affected",
            lambda t: First(tuple(t.nlargest(1, "users")[["incident", "users"]].iloc[0]), 3),
        ),
        (
            "incidents with more than one hour of downtime",
            lambda t: Listed(int((t.down > 60).sum())),
        ),
        (
            "difference in total downtime between eu-west and us-east",
            lambda t: Gap(_down(t, "eu-west") - _down(t, "us-east")),
        ),
    ],
    [
        "cost of the incidents by service",
        "Which engineer made the bad deploy?",
        "incidents on Windows servers",
        "Why did the network fail?",
        "lost orders by region",
        "How many incidents will there be in May?",
        "average time until somebody answered the alert",
        "CPU load during the incidents",
        "serious incidents",
        "incidents caused by hackers",
        "which version was deployed before INC-343",
        "downtime of the app store",
        "Is Bo a good engineer?",
        "uptime of search in percent",
    ],
)
