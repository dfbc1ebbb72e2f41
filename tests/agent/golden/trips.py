"""Trips of a bicycle hire: decimal commas, two columns of the same places, months of one year."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    TABLES,
    First,
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
    table = pd.read_csv(TABLES / "bike-trips.csv", sep=";", decimal=",")
    table.columns = ["trip", "date", "start", "end", "rider", "minutes", "km", "fare"]
    table["date"] = pd.to_datetime(table["date"], format="%d/%m/%Y")
    return table


def _by_end(table: Table) -> Table:
    return table.groupby(["rider", "end"], as_index=False).size()


def _best_ends(table: Table) -> frozenset[tuple[str, str]]:
    """The two stations where most trips of each type of rider end, with those that tie."""
    places = _by_end(table)
    places["place"] = places.groupby("rider")["size"].rank("min", ascending=False)
    return frozenset(zip(*(places[places.place <= 2][c] for c in ("rider", "end")), strict=True))


TRIPS = GoldenTable(
    "bike-trips",
    _read,
    [
        (
            "How many trips started at Harbour Square?",
            lambda t: One(int((t.start == "Harbour Square").sum())),
        ),
        (
            "How many trips ended at Harbour Square?",
            lambda t: One(int((t.end == "Harbour Square").sum())),
        ),
        (
            "top 3 start stations by number of trips",
            lambda t: First((t.start.value_counts().idxmax(), t.start.value_counts().max()), 3),
        ),
        (
            "average distance by rider type, excluding tourists",
            lambda t: keyed(t[t.rider != "Tourist"].groupby("rider").km.mean()),
        ),
        (
            "How many trips were longer than 5 km but not by members?",
            lambda t: One(int(((t.km > 5) & (t.rider != "Member")).sum())),
        ),
        (
            "total fare in the last 2 months",
            lambda t: One(t[t.date >= "2023-08-01"].fare.sum()),
        ),
        ("total fare in the last month", lambda t: One(t[t.date >= "2023-09-01"].fare.sum())),
        (
            "average duration on Saturdays and Sundays",
            lambda t: One(t[t.date.dt.day_of_week >= 5].minutes.mean()),
        ),
        ("How many trips cost more than £5?", lambda t: One(int((t.fare > 5).sum()))),
        (
            "Which days had more than 2 trips?",
            lambda t: names(t.date.dt.strftime("%Y-%m-%d").value_counts()[lambda n: n > 2].index),
        ),
        (
            "On how many days were there more than 2 trips?",
            lambda t: One(int((t.date.value_counts() > 2).sum())),
        ),
        (
            "How many start stations have at least 20 trips?",
            lambda t: One(int((t.start.value_counts() >= 20).sum())),
        ),
        (
            "trip with the highest fare by a tourist",
            lambda t: First((t.loc[t[t.rider == "Tourist"].fare.idxmax()].trip,)),
        ),
        (
            "Which month had the lowest total fare?",
            lambda t: best(t.groupby(t.date.dt.month_name()).fare.sum(), low=True),
        ),
        (
            "longest distance of each rider type",
            lambda t: keyed(t.groupby("rider").km.max()),
        ),
        ("share of trips by members", lambda t: percent(t.rider == "Member")),
        (
            "share of total fare by rider type",
            lambda t: keyed(100 * t.groupby("rider").fare.sum() / t.fare.sum()),
        ),
        (
            "average of the daily total fares",
            lambda t: One(t.groupby("date").fare.sum().mean()),
        ),
        (
            "list trips in June or July with a fare under 3 pounds",
            lambda t: Listed(int((t.date.dt.month.isin([6, 7]) & (t.fare < 3)).sum())),
        ),
        (
            "How many trips were made between 15 and 30 June 2023?",
            lambda t: One(int(t.date.between("2023-06-15", "2023-06-30").sum())),
        ),
        (
            "How many trips were made by members or tourists?",
            lambda t: One(int(t.rider.isin(["Member", "Tourist"]).sum())),
        ),
        (
            "second shortest trip by duration",
            lambda t: First((t.minutes.drop_duplicates().nsmallest(2).iloc[-1],)),
        ),
        (
            "Which start station has the highest average fare among casual riders?",
            lambda t: best(t[t.rider == "Casual"].groupby("start").fare.mean()),
        ),
        (
            "median duration of trips that did not start at Old Mill",
            lambda t: One(t[t.start != "Old Mill"].minutes.median()),
        ),
        (
            "top 2 end stations by number of trips for each rider type",
            lambda t: names(pd.Series([end for _, end in _best_ends(t)])),
        ),
        (
            "How many trips went from Old Mill to City Library?",
            lambda t: One(int(((t.start == "Old Mill") & (t.end == "City Library")).sum())),
        ),
        (
            "Which rider type has the third highest total distance?",
            lambda t: best(t.groupby("rider").km.sum(), low=True),
        ),
        (
            "What is the highest monthly total distance?",
            lambda t: First((t.groupby(t.date.dt.to_period("M")).km.sum().max(),)),
        ),
    ],
    [
        "How many trips started at Central Park?",
        "How many trips ended at the airport?",
        "average speed of the trips",
        "How many riders took more than 3 trips?",
        "How many riders are there?",
        "total fare in euros",
        "How many trips were there in January 2023?",
        "How many trips were there in October?",
        "Which bike was used the most?",
        "average tip",
        "trips in the rain",
        "Who took the longest trip?",
        "average fare per km",
        "Which rider type has the longest average trip?",
        "compare the fare of members with students",
        "How many trips went from Old Mill to Nowhere Lane?",
        "How many trips are still running?",
        "total duration in litres",
        "trips longer than 5 pounds",
        "Which route is the most popular?",
        "How many trips were at Harbour Square?",
        "trips on 2023-10-05",
        "average distance in the last 12 months",
        "How many trips started and ended at the same station?",
        "What share of tourists are members?",
        "average fare of children",
    ],
)
