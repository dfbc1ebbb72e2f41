"""Follow-ups: turns of one conversation, and what the last of them must be answered with.

The turns before the last stand alone. `None` is for a last turn that must be asked back or
declined: it misleads, or could as well mean something else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.agent.golden.answers import (
    All,
    First,
    Listed,
    One,
    Right,
    Table,
    day,
    month,
    months,
    series,
    top,
    year,
)

FollowUp = tuple[str, tuple[str, ...], Callable[[Table], Right] | None]

_WEATHER = "seattle-weather"
_INDUSTRIES = "unemployment-across-industries"


def _averages(table: Any, key: str, column: str) -> All:
    return series(table.groupby(key)[column].mean())


ANSWERED: list[FollowUp] = [
    # Another time.
    (
        _WEATHER,
        ("How many days did it snow in 2014?", "and in 2013?"),
        lambda w: One(len(w[(w.weather == "snow") & (year(w) == 2013)])),
    ),
    (
        _WEATHER,
        ("Total precipitation by month in 2013", "what about 2015?"),
        lambda w: months(w[year(w) == 2015].groupby(month(w)).precipitation.sum()),
    ),
    (
        _WEATHER,
        ("What was the total rainfall in November 2014?", "and in December?"),
        lambda w: One(w[(year(w) == 2014) & (w.date.dt.month == 12)].precipitation.sum()),
    ),
    (
        _WEATHER,
        ("What was the total rainfall in November 2014?", "And in November 2012?"),
        lambda w: One(w[(year(w) == 2012) & (w.date.dt.month == 11)].precipitation.sum()),
    ),
    (
        _WEATHER,
        ("average temp_max on Mondays", "and on Sundays"),
        lambda w: One(w[w.date.dt.day_of_week == 6].temp_max.mean()),
    ),
    (
        _WEATHER,
        ("median wind in summer 2014", "in winter?"),
        lambda w: One(w[(year(w) == 2014) & w.date.dt.month.isin([12, 1, 2])].wind.median()),
    ),
    (
        _WEATHER,
        ("Average max temperature by year", "since 2014"),
        lambda w: series(w[year(w) >= 2014].groupby(year(w)).temp_max.mean()),
    ),
    (
        "orders",
        ("How many orders went to Germany?", "in 2023?"),
        lambda t: One(int(((t.country == "Germany") & (year(t) == 2023)).sum())),
    ),
    (
        "world-development",
        ("Average life expectancy by region in 2010", "and in 2020?"),
        lambda t: series(t[t.year == 2020].groupby("region").life.mean()),
    ),
    # Another value of the same column, a further condition, one less.
    (
        "orders",
        ("How many orders went to Germany?", "what about France?"),
        lambda t: One(int((t.country == "France").sum())),
    ),
    (
        "orders",
        ("Average unit price of desks", "and lamps?"),
        lambda t: One(t[t.category == "Lamps"].price.mean()),
    ),
    (
        _WEATHER,
        ("Average wind by year", "only rainy days"),
        lambda w: series(w[w.weather == "rain"].groupby(year(w)).wind.mean()),
    ),
    (
        "penguins",
        ("Average body mass by species", "just males please"),
        lambda p: _averages(p[p.Sex == "male"], "Species", "Body Mass (g)"),
    ),
    (
        "penguins",
        ("How many Adelie penguins are on Dream island?", "and on Biscoe?"),
        lambda p: One(len(p[(p.Species == "Adelie") & (p.Island == "Biscoe")])),
    ),
    (
        "penguins",
        ("How many Adelie penguins are on Dream island?", "How about Chinstrap?"),
        lambda p: One(len(p[(p.Species == "Chinstrap") & (p.Island == "Dream")])),
    ),
    (
        _WEATHER,
        ("Average temp_max by year", "without snow"),
        lambda w: series(w[w.weather != "snow"].groupby(year(w)).temp_max.mean()),
    ),
    (
        _WEATHER,
        ("How many days had precipitation above 20?", "and above 30?"),
        lambda w: One(int((w.precipitation > 30).sum())),
    ),
    (
        "orders",
        ("How many orders went to Germany?", "only with a unit price above 300"),
        lambda t: One(int(((t.country == "Germany") & (t.price > 300)).sum())),
    ),
    (
        "penguins",
        ("How many penguins weigh more than 5 kg?", "how many of them are female?"),
        lambda p: One(len(p[(p["Body Mass (g)"] > 5000) & (p.Sex == "female")])),
    ),
    (
        _INDUSTRIES,
        ("Average unemployment rate in Agriculture", "and Construction"),
        lambda u: One(u[u.industry == "Construction"].unemployment_rate.mean()),
    ),
    # Seen by something else.
    (
        _WEATHER,
        ("Average precipitation by year", "by month instead"),
        lambda w: months(w.groupby(month(w)).precipitation.mean()),
    ),
    (
        "penguins",
        ("Which species is the heaviest on average?", "by island instead"),
        lambda p: top(p.groupby("Island")["Body Mass (g)"].mean()),
    ),
    (
        "orders",
        ("How many orders went to Germany?", "by product category"),
        lambda t: series(t[t.country == "Germany"].groupby("category").size()),
    ),
    (
        "penguins",
        ("Average body mass by species", "and also by sex"),
        lambda p: series(p.groupby(["Species", "Sex"], dropna=False)["Body Mass (g)"].mean()),
    ),
    (
        "energy",
        ("total cost by year", "per site"),
        lambda t: series(t.groupby("site").cost.sum()),
    ),
    # Another figure.
    (
        _WEATHER,
        ("Average wind by year", "and the maximum?"),
        lambda w: series(w.groupby(year(w)).wind.max()),
    ),
    (
        "energy",
        ("average peak load by site", "the median instead"),
        lambda t: series(t.groupby("site").peak.median()),
    ),
    (
        _WEATHER,
        ("What was the highest temp_max in 2014?", "and the average?"),
        lambda w: One(w[year(w) == 2014].temp_max.mean()),
    ),
    (
        _WEATHER,
        ("Average temp_max by month", "what about temp_min?"),
        lambda w: months(w.groupby(month(w)).temp_min.mean()),
    ),
    (
        "energy",
        ("Total consumption in 2022", "and the cost?"),
        lambda t: One(t[year(t) == 2022].cost.sum()),
    ),
    (
        "films",
        ("average rating by genre", "and budget?"),
        lambda t: series(t.groupby("genre").budget.mean()),
    ),
    (
        "penguins",
        ("How many penguins are on Dream?", "what is their average body mass?"),
        lambda p: One(p[p.Island == "Dream"]["Body Mass (g)"].mean()),
    ),
    # The other end, and how many.
    (
        _WEATHER,
        ("Which year was the wettest?", "and the driest?"),
        lambda w: top(w.groupby(year(w)).precipitation.sum(), low=True),
    ),
    (
        _WEATHER,
        ("Highest wind in 2013", "and the lowest?"),
        lambda w: One(w[year(w) == 2013].wind.min()),
    ),
    (
        _WEATHER,
        ("Hottest day?", "top 3 instead"),
        lambda w: First(day(w.loc[w.temp_max.idxmax()], "temp_max"), 3),
    ),
    (
        "orders",
        ("Total quantity by ship country", "only the top 2"),
        lambda t: First(top(t.groupby("country").qty.sum()).cells, 2),
    ),
    (
        "medals",
        ("top 3 nations by total", "and the top 5?"),
        lambda t: First((t.loc[t.total.idxmax()].nation,), 5),
    ),
    (
        "films",
        ("average rating by genre", "which one is the highest?"),
        lambda t: top(t.groupby("genre").rating.mean()),
    ),
    # Which rows.
    (
        _WEATHER,
        ("How many days did it snow in 2014?", "which ones?"),
        lambda w: Listed(len(w[(w.weather == "snow") & (year(w) == 2014)])),
    ),
    (
        _WEATHER,
        ("What was the highest temp_max in 2014?", "when was that?"),
        lambda w: First(day(w.loc[w[year(w) == 2014].temp_max.idxmax()], "temp_max")),
    ),
    (
        "films",
        ("How many dramas are there?", "list them"),
        lambda t: Listed(int((t.genre == "Drama").sum())),
    ),
    # Drawn otherwise: the same rows.
    (
        _WEATHER,
        ("Average wind by year", "as a bar chart"),
        lambda w: series(w.groupby(year(w)).wind.mean()),
    ),
    (
        "penguins",
        ("distribution of species", "show it as a pie chart"),
        lambda p: series(p.groupby("Species").size()),
    ),
    # A follow-up of a follow-up.
    (
        _WEATHER,
        ("Average wind by year", "only rainy days", "by month instead", "and the maximum?"),
        lambda w: months(w[w.weather == "rain"].groupby(month(w)).wind.max()),
    ),
    (
        "orders",
        ("How many orders went to Germany?", "what about France?", "and in 2022?"),
        lambda t: One(int(((t.country == "France") & (year(t) == 2022)).sum())),
    ),
    # Whole questions that only begin like a follow-up.
    (
        _WEATHER,
        ("Average wind on Mondays", "And how many days did it snow in 2014?"),
        lambda w: One(len(w[(w.weather == "snow") & (year(w) == 2014)])),
    ),
    (
        "penguins",
        ("How many penguins are on Dream?", "Average body mass by species"),
        lambda p: _averages(p, "Species", "Body Mass (g)"),
    ),
]

DECLINED: list[FollowUp] = [
    # Not in the table.
    (_WEATHER, ("How many days did it snow in 2014?", "and in 1999?"), None),
    (_WEATHER, ("Average wind by year", "what about humidity?"), None),
    ("orders", ("How many orders went to Germany?", "and to Canada?"), None),
    ("penguins", ("Average body mass by species", "only emperors"), None),
    ("penguins", ("Average body mass by species", "by month instead"), None),
    # Not for a table to say.
    (_WEATHER, ("How many days did it snow in 2014?", "and why?"), None),
    (_WEATHER, ("Average wind by year", "what about next year?"), None),
    (_WEATHER, ("Average wind by year", "is that good?"), None),
    # Nothing in the last plan that this could change.
    ("penguins", ("How many penguins are there?", "and the average?"), None),
    (_WEATHER, ("How many days did it snow in 2014?", "top 3 instead"), None),
    (_WEATHER, ("What is the average maximum temperature?", "as a pie chart"), None),
    (_WEATHER, ("Average wind by year", "which one?"), None),
    # Two readings.
    (_WEATHER, ("Average wind by year", "what about temperature?"), None),
    ("league-results", ("Highest attendance", "only Brookside"), None),
    (
        _WEATHER,
        ("How many days were there between March and May 2012 with rain?", "and in 2013?"),
        None,
    ),
    (_WEATHER, ("How many days had precipitation above 20?", "and below 30?"), None),
    (_WEATHER, ("Total precipitation by month in 2013", "what about temp_max?"), None),
    (_WEATHER, ("Average wind on Mondays", "and average temp_max by year?"), None),
    (_WEATHER, ("How many rainy days were there in 2015?", "without snow"), None),
    # Nothing before it.
    (_WEATHER, ("and in 2013?",), None),
    (_WEATHER, ("help", "by month instead"), None),
    # What came before was refused: nobody knows whether it is meant.
    (_WEATHER, ("Average wind by year", "What is the average humidity?", "and in 2013?"), None),
]

#: Over the held-out tables, written from their headers alone; only totals are told.
HELD_OUT: list[FollowUp] = [
    (
        "flights",
        ("Average distance by carrier", "by origin instead"),
        lambda t: series(t.groupby("origin").km.mean()),
    ),
    (
        "flights",
        ("How many flights were there in June 2023?", "and in July?"),
        lambda t: One(int((t.date.dt.strftime("%Y-%m") == "2023-07").sum())),
    ),
    (
        "flights",
        ("Which carrier has the most passengers?", "and the fewest?"),
        lambda t: top(t.groupby("carrier").pax.sum(), low=True),
    ),
    (
        "employees",
        ("How many employees work in Support?", "what about Marketing?"),
        lambda t: One(int((t.dept == "Marketing").sum())),
    ),
    (
        "employees",
        ("Average annual salary by department", "only in Lisbon"),
        lambda t: series(t[t.office == "Lisbon"].groupby("dept").pay.mean()),
    ),
    (
        "employees",
        ("Average annual salary by department", "and the median?"),
        lambda t: series(t.groupby("dept").pay.median()),
    ),
    (
        "clinic-visits",
        ("How many visits were for surgery?", "and checkups?"),
        lambda t: One(int((t.kind == "Checkup").sum())),
    ),
    (
        "clinic-visits",
        ("average fee per visit type", "per doctor"),
        lambda t: series(t.groupby("doctor").fee.mean()),
    ),
    (
        "rivers",
        ("Longest river", "top 3"),
        lambda t: First((t.loc[t.length.idxmax()].river,), 3),
    ),
    (
        "sensors",
        ("average humidity by room", "as a bar chart"),
        lambda t: series(t.groupby("room").humid.mean()),
    ),
    ("employees", ("Average annual salary by department", "and the bonus?"), None),
    ("rivers", ("Longest river", "in 2013?"), None),
    ("clinic-visits", ("average fee per visit type", "what about the weather?"), None),
]
