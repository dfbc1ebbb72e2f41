"""Results of a football league: two columns with the same teams, dates in words, seasons."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import TABLES, First, GoldenTable, One, Table, best, series


def _read() -> Table:
    table = pd.read_csv(TABLES / "league-results.csv")
    table.columns = ["season", "date", "home", "away", "hg", "ag", "crowd"]
    table["date"] = pd.to_datetime(table["date"], format="%d %b %Y")
    return table


LEAGUE = GoldenTable(
    "league-results",
    _read,
    [
        ("How many matches were played?", lambda t: One(len(t))),
        ("Average attendance by season", lambda t: series(t.groupby("season").crowd.mean())),
        ("Highest attendance", lambda t: One(t.crowd.max())),
        ("How many goals did the home teams score in total?", lambda t: One(t.hg.sum())),
        (
            "Total home goals of Brookside as home team",
            lambda t: One(t[t.home == "Brookside"].hg.sum()),
        ),
        (
            "Which home team has the highest average attendance?",
            lambda t: best(t.groupby("home").crowd.mean()),
        ),
        (
            "When did Castle Rovers play at home against Eastfield in 2022/23?",
            lambda t: First(
                (
                    str(
                        t[
                            (t.home == "Castle Rovers")
                            & (t.away == "Eastfield")
                            & (t.season == "2022/23")
                        ]
                        .date.item()
                        .date()
                    ),
                )
            ),
        ),
        (
            "How many matches had an attendance above 10000?",
            lambda t: One(int((t.crowd > 10000).sum())),
        ),
        (
            "How many matches were there in season 2021/22?",
            lambda t: One(int((t.season == "2021/22").sum())),
        ),
        ("total away goals by away team", lambda t: series(t.groupby("away").ag.sum())),
        ("How many matches ended with 4 home goals?", lambda t: One(int((t.hg == 4).sum()))),
        ("lowest attendance in 2022", lambda t: One(t[t.date.dt.year == 2022].crowd.min())),
        (
            "average attendance where the home team is Dale United",
            lambda t: One(t[t.home == "Dale United"].crowd.mean()),
        ),
        ("Which home team scored the most home goals?", lambda t: best(t.groupby("home").hg.sum())),
        (
            "date of the match with the highest attendance",
            lambda t: First((str(t.loc[t.crowd.idxmax()].date.date()),)),
        ),
        ("How many different home teams are there?", lambda t: One(t.home.nunique())),
    ],
    [
        "How many matches did Arsenal Park play?",
        "Who scored the first goal against Eastfield?",
        "Which referee had the most matches?",
        "How many yellow cards were there?",
        "Which team won the league?",
        "How many matches did Real Madrid play?",
        "Attendance in season 2019/20",
        "Who is the best goalkeeper?",
        "Will Brookside win next season?",
        "ticket price by season",
    ],
)
