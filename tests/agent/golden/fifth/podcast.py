"""A fresh table: a podcast's episodes."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
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


def _episodes() -> Table:
    table = pd.read_csv(TABLES / "podcast-episodes.csv", thousands=",")
    table.columns = [
        *("ep", "season", "title", "host", "guest", "topic", "date", "minutes", "downloads"),
        *("sponsor", "income", "stars", "explicit"),
    ]
    table["date"] = pd.to_datetime(table.date, format="%d %B %Y")
    return table


def _episode(row: Table) -> Either:
    """An episode comes first, by its number or by its title."""
    return Either((First((row.ep,)), First((row.title,))))


PODCAST = GoldenTable(
    "podcast-episodes",
    _episodes,
    [
        ("how many episodes are in season 2", lambda t: One(int((t.season == 2).sum()))),
        (
            "Which episode has the most downloads?",
            lambda t: _episode(t.loc[t.downloads.idxmax()]),
        ),
        ("average length by host", lambda t: keyed(t.groupby("host").minutes.mean())),
        ("total downloads per season", lambda t: keyed(t.groupby("season").downloads.sum())),
        ("How many episodes have no guest?", lambda t: One(int(t.guest.isna().sum()))),
        ("share of episodes with a sponsor", lambda t: percent(t.sponsor.notna())),
        (
            "How often was Jonas Krug a guest?",
            lambda t: One(int((t.guest == "Jonas Krug").sum())),
        ),
        (
            "ad income from MealBox in 2023",
            lambda t: One(t[(t.sponsor == "MealBox") & (t.date.dt.year == 2023)].income.sum()),
        ),
        ("Which guest appeared most often?", lambda t: best(t.guest.value_counts())),
        ("episodes longer than an hour", lambda t: Listed(int((t.minutes > 60).sum()))),
        (
            "How many episodes had more than 20,000 downloads?",
            lambda t: One(int((t.downloads > 20_000).sum())),
        ),
        ("median stars by topic", lambda t: keyed(t.groupby("topic").stars.median())),
        (
            "difference between the average downloads of Nadia Brook and Owen Pike",
            lambda t: Gap(
                t[t.host == "Nadia Brook"].downloads.mean()
                - t[t.host == "Owen Pike"].downloads.mean()
            ),
        ),
        (
            "top 3 topics by total downloads",
            lambda t: First((t.groupby("topic").downloads.sum().idxmax(),), 3),
        ),
        (
            "the last episode about food",
            lambda t: _episode(t[t.topic == "Food"].sort_values("date").iloc[-1]),
        ),
        (
            "Who hosted A Short Story of Bridges?",
            lambda t: One(t[t.title == "A Short Story of Bridges"].host.item()),
        ),
        (
            "number of episodes by month in 2023",
            lambda t: periods(t[t.date.dt.year == 2023].date.dt.to_period("M").value_counts()),
        ),
        (
            "Which sponsors did the episodes of Lena Castro have?",
            lambda t: names(t[t.host == "Lena Castro"].sponsor.dropna()),
        ),
        ("explicit episodes", lambda t: Listed(int((t.explicit == "yes").sum()))),
        (
            "average ad income of the episodes sponsored by Ledgerly",
            lambda t: One(t[t.sponsor == "Ledgerly"].income.mean()),
        ),
        (
            "shortest episode in season 3",
            lambda t: First((t[t.season == 3].minutes.min(),)),
        ),
        (
            "How many episodes about money were not hosted by Lena Castro?",
            lambda t: One(int(((t.topic == "Money") & (t.host != "Lena Castro")).sum())),
        ),
        ("correlation between length and downloads", lambda t: One(t.minutes.corr(t.downloads))),
        (
            "total downloads of episodes between 30 and 45 minutes",
            lambda t: One(int(t[t.minutes.between(30, 45)].downloads.sum())),
        ),
    ],
    [
        "How many listeners come from Canada?",
        "downloads on Spotify",
        "average age of the guests",
        "Which episode is the funniest?",
        "downloads per listener",
        "How many episodes were recorded in London?",
        "Why was episode 43 so popular?",
        "How much were the guests paid?",
        "episodes with a female guest",
        "How many subscribers did we gain in season 3?",
        "ad income after tax",
        "Which sponsor should we drop?",
        "downloads in the first week",
        "How many downloads will the next episode get?",
        "good episodes",
    ],
)
