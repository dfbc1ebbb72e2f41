"""Films: one row per title, a year column instead of dates, money in millions."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
    Gap,
    GoldenTable,
    One,
    Table,
    best,
    names,
    series,
)


def _read() -> Table:
    table = pd.read_csv(TABLES / "films.csv")
    table.columns = ["title", "year", "director", "genre", "country", "minutes", "budget", "rating"]
    return table


FILMS = GoldenTable(
    "films",
    _read,
    [
        ("Who directed Ember?", lambda t: One(t.director[t.title == "Ember"].item())),
        ("Which film has the highest rating?", lambda t: First((t.loc[t.rating.idxmax()].title,))),
        (
            "How many films did Kenji Sato direct?",
            lambda t: One(int((t.director == "Kenji Sato").sum())),
        ),
        (
            "Which director made the fewest films?",
            lambda t: best(t.director.value_counts(), low=True),
        ),
        ("average rating by genre", lambda t: series(t.groupby("genre").rating.mean())),
        (
            "When was Harvest Song released?",
            lambda t: One(t.year[t.title == "Harvest Song"].item()),
        ),
        ("longest film", lambda t: First((t.loc[t.minutes.idxmax()].title,))),
        ("How many films were made after 2015?", lambda t: One(int((t.year > 2015).sum()))),
        ("Which films were made in Japan?", lambda t: names(t.title[t.country == "Japan"])),
        (
            "What is the total budget of French films?",
            lambda t: One(t[t.country == "France"].budget.sum()),
        ),
        ("How many dramas are there?", lambda t: One(int((t.genre == "Drama").sum()))),
        ("Which movie had a higher rating, Ember or Copper Sky?", lambda t: First(("Ember",))),
        (
            "What is the runtime of The Quiet Mile?",
            lambda t: One(t.minutes[t.title == "The Quiet Mile"].item()),
        ),
        (
            "What is the difference in budget between Red Kestrel and Deep Current?",
            lambda t: Gap(20.0),
        ),
        ("cheapest film by budget", lambda t: First((t.loc[t.budget.idxmin()].title,))),
        ("Which film came out in 2009?", lambda t: One("Blue Lantern")),
        ("number of films with a rating of at least 8", lambda t: One(int((t.rating >= 8).sum()))),
        (
            "average budget of films by Tom Aldous",
            lambda t: One(t[t.director == "Tom Aldous"].budget.mean()),
        ),
        (
            "How many films were released between 2010 and 2015?",
            lambda t: One(int(t.year.between(2010, 2015).sum())),
        ),
        ("Which country has the most films?", lambda t: best(t.country.value_counts())),
        ("How many directors are there?", lambda t: One(t.director.nunique())),
        (
            "Which genre has the lowest average rating?",
            lambda t: best(t.groupby("genre").rating.mean(), low=True),
        ),
        ("What is the genre of Glass Garden?", lambda t: One("Drama")),
        ("Which film is longer than 140 minutes?", lambda t: names(t.title[t.minutes > 140])),
    ],
    [
        "Who starred in Ember?",
        "How much money did Ember make at the box office?",
        "How many Oscars did Kenji Sato win?",
        "Who directed Titanic?",
        "What is the best film?",
        "How many films were made in 1950?",
        "Which film should I watch tonight?",
        "Who wrote Winter Parade?",
        "How many films did Steven Spielberg direct?",
        "Which film is the most boring?",
        "In which cinema was Ember shown?",
        "Is Ember good?",
    ],
)
