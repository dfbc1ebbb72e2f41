"""The kinds of questions of `kinds`, of five tables more."""

from __future__ import annotations

from tests.agent.golden.answers import Gap, GoldenTable, Listed, One, keyed, names, percent
from tests.agent.golden.clinic import CLINIC
from tests.agent.golden.employees import EMPLOYEES
from tests.agent.golden.flights import FLIGHTS
from tests.agent.golden.kinds import best_of_each, outliers
from tests.agent.golden.rivers import RIVERS
from tests.agent.golden.sensors import SENSORS

MORE_KINDS = [
    GoldenTable(
        CLINIC.id,
        CLINIC.read,
        [
            (
                "Which doctors had more than 25 visits?",
                lambda t: names(t.doctor.value_counts()[lambda n: n > 25].index),
            ),
            ("What percentage of visits were insured?", lambda t: percent(t.insured)),
            (
                "share of visits by visit type",
                lambda t: keyed(100 * t.kind.value_counts(normalize=True)),
            ),
            ("90th percentile of the fee", lambda t: One(t.fee.quantile(0.9))),
            ("correlation between age and weight", lambda t: One(t.age.corr(t.kg))),
            (
                "most expensive visit of each doctor by fee",
                lambda t: keyed(t.groupby("doctor").fee.max()),
            ),
            (
                "How many more visits did Dr. Silva have than Dr. Novak?",
                lambda t: Gap(
                    int((t.doctor == "Dr. Silva").sum() - (t.doctor == "Dr. Novak").sum())
                ),
            ),
        ],
        [
            "Which doctor is the friendliest?",
            "How many visits ended with a prescription?",
            "average blood pressure by doctor",
            "Which doctors have more than 2 nurses?",
            "correlation between fee and pain",
            "share of visits by smokers",
            "Who will be the next patient?",
        ],
    ),
    GoldenTable(
        EMPLOYEES.id,
        EMPLOYEES.read,
        [
            (
                "Which departments have at least 10 employees?",
                lambda t: names(t.dept.value_counts()[lambda n: n >= 10].index),
            ),
            (
                "Which offices have an average salary above 70000 EUR?",
                lambda t: names(t.groupby("office").pay.mean()[lambda v: v > 70000].index),
            ),
            ("What percentage of employees are remote?", lambda t: percent(t.remote)),
            (
                "highest paid employee of each department by annual salary",
                lambda t: best_of_each(t, "dept", "pay", "name"),
            ),
            (
                "How many employees have a salary above the average?",
                lambda t: One(int((t.pay > t.pay.mean()).sum())),
            ),
            (
                "difference between the average salary of Sales and Finance",
                lambda t: Gap(t[t.dept == "Sales"].pay.mean() - t[t.dept == "Finance"].pay.mean()),
            ),
        ],
        [
            "How many employees won a prize?",
            "total vacation days by department",
            "How many employees were hired in the last war?",
            "Which departments have more than 3 interns?",
            "correlation between salary and height",
            "share of employees with children",
        ],
    ),
    GoldenTable(
        FLIGHTS.id,
        FLIGHTS.read,
        [
            (
                "Which origins have more than 20 flights?",
                lambda t: names(t.origin.value_counts()[lambda n: n > 20].index),
            ),
            ("What share of flights were cancelled?", lambda t: percent(t.off)),
            (
                "percentage of flights by carrier",
                lambda t: keyed(100 * t.carrier.value_counts(normalize=True)),
            ),
            ("median passengers per carrier", lambda t: keyed(t.groupby("carrier").pax.median())),
            ("outliers in departure delay", lambda t: Listed(int(outliers(t.delay).sum()))),
            (
                "running total of passengers by month",
                lambda t: keyed(t.groupby(t.date.dt.strftime("%Y-%m")).pax.sum().cumsum()),
            ),
            ("Is the distance correlated with passengers?", lambda t: One(t.km.corr(t.pax))),
        ],
        [
            "How many flights were delayed by snow?",
            "average ticket price by carrier",
            "Which flights were not on time last week?",
            "Which carriers have more than 5 pilots?",
            "share of flights with wifi",
            "running total of fuel by month",
            "flights longer than a train ride",
        ],
    ),
    GoldenTable(
        RIVERS.id,
        RIVERS.read,
        [
            (
                "Which continents have more than 3 rivers?",
                lambda t: names(t.continent.value_counts()[lambda n: n > 3].index),
            ),
            (
                "longest river of each continent",
                lambda t: best_of_each(t, "continent", "length", "river"),
            ),
            ("correlation between length and basin area", lambda t: One(t.length.corr(t.basin))),
            (
                "Which rivers are longer than average?",
                lambda t: names(t.river[t.length > t.length.mean()]),
            ),
            (
                "What percentage of the rivers are in Asia?",
                lambda t: percent(t.continent == "Asia"),
            ),
        ],
        [
            "How many rivers are polluted?",
            "Which river is the most beautiful?",
            "How many rivers are not navigable?",
            "Which rivers have more than 4 dams?",
            "correlation between length and fish",
            "longest bridge of each continent",
        ],
    ),
    GoldenTable(
        SENSORS.id,
        SENSORS.read,
        [
            (
                "Which rooms have an average noise above 30?",
                lambda t: names(t.groupby("room").noise.mean()[lambda v: v > 30].index),
            ),
            ("95th percentile of CO2", lambda t: One(t.co2.quantile(0.95))),
            (
                "highest humidity in each room",
                lambda t: keyed(t.groupby("room").humid.max()),
            ),
            (
                "What percentage of readings had the heating on?",
                lambda t: percent(t.heat == "on"),
            ),
            (
                "histogram of noise in steps of 10",
                lambda t: keyed(t.groupby(t.noise // 10 * 10).size()),
            ),
            (
                "How many readings in March 2024 had CO2 above 1000 or noise above 50?",
                lambda t: One(
                    int(
                        (
                            (t.date.dt.strftime("%Y-%m") == "2024-03")
                            & ((t.co2 > 1000) | (t.noise > 50))
                        ).sum()
                    )
                ),
            ),
            ("correlation of humidity and noise", lambda t: One(t.humid.corr(t.noise))),
        ],
        [
            "How many readings were taken by hand?",
            "average light by room",
            "Which sensor is broken?",
            "Which rooms have more than 2 windows?",
            "95th percentile of pressure",
            "share of readings by colour",
        ],
    ),
]
