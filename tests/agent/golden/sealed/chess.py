"""A table kept apart: the games of a chess tournament."""

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
)


def _games() -> Table:
    table = pd.read_csv(SEALED_TABLES / "chess-games.csv")
    table.columns = [
        *("round", "board", "date", "white", "white_elo", "black", "black_elo", "result"),
        *("moves", "opening", "time", "ended", "novelty"),
    ]
    table["day"] = table.date.str.replace(".", "-")
    table["minutes"] = pd.to_timedelta(table.time + ":00").dt.total_seconds() / 60
    return table


CHESS = GoldenTable(
    "chess-games",
    _games,
    [
        ("How many games ended ½-½?", lambda t: One(int((t.result == "½-½").sum()))),
        ("games with result 0-1", lambda t: Listed(int((t.result == "0-1").sum()))),
        ("average number of moves", lambda t: One(t.moves.mean())),
        (
            "Which game had the most moves?",
            lambda t: First((t.moves.max(),)),
        ),
        ("most popular opening", lambda t: best(t.opening.value_counts())),
        ("average moves per opening", lambda t: keyed(t.groupby("opening").moves.mean())),
        (
            "How many games did Dahl play with White?",
            lambda t: One(int((t.white == "Dahl").sum())),
        ),
        ("games of round 5", lambda t: Listed(int((t["round"] == 5).sum()))),
        ("What is the highest Black Elo?", lambda t: First((t.black_elo.max(),))),
        ("games that ended by checkmate", lambda t: Listed(int((t.ended == "checkmate").sum()))),
        (
            "what share of the games ended by resignation",
            lambda t: percent(t.ended == "resignation"),
        ),
        (
            "How many games were played on 19 October 2023?",
            lambda t: One(int((t.day == "2023-10-19").sum())),
        ),
        (
            "Which openings were played when Adler had White?",
            lambda t: names(t[t.white == "Adler"].opening),
        ),
        ("games with fewer than 30 moves", lambda t: Listed(int((t.moves < 30).sum()))),
        (
            "Who had Black against Castro in round 7?",
            lambda t: One(t[(t.white == "Castro") & (t["round"] == 7)].black.item()),
        ),
        (
            "median moves of games with the result 1-0",
            lambda t: One(t[t.result == "1-0"].moves.median()),
        ),
        (
            "Were there more games with the Sicilian or with the French?",
            lambda t: best(t[t.opening.isin(["Sicilian", "French"])].opening.value_counts()),
        ),
        (
            "games where White Elo is above 2400 and the result is 0-1",
            lambda t: Listed(int(((t.white_elo > 2400) & (t.result == "0-1")).sum())),
        ),
        ("How many games had a novelty?", lambda t: One(int(t.novelty.notna().sum()))),
        (
            "difference in average moves between round 1 and round 7",
            lambda t: Gap(t[t["round"] == 1].moves.mean() - t[t["round"] == 7].moves.mean()),
        ),
        (
            "number of games per date",
            lambda t: Either((keyed(t.day.value_counts()), keyed(t.date.value_counts()))),
        ),
        (
            "games with a playing time of more than 3 hours",
            lambda t: Listed(int((t.minutes > 180).sum())),
        ),
        ("How many different openings were played?", lambda t: One(t.opening.nunique())),
        (
            "average White Elo in games won 1-0",
            lambda t: One(t[t.result == "1-0"].white_elo.mean()),
        ),
        ("which players had White in round 2", lambda t: names(t[t["round"] == 2].white)),
    ],
    [
        "Which move was the blunder?",
        "engine evaluation of the games",
        "games played online",
        "prize money of Dahl",
        "How old is Fomin?",
        "Why did Bianchi lose so often?",
        "games with the Najdorf variation",
        "How many spectators watched board 1?",
        "Who will win the next game between Dahl and Adler?",
        "the most beautiful game",
        "games of Carlsen",
        "country of each player",
        "time left on the clock",
        "average number of pawns lost",
        "blitz games",
    ],
)
