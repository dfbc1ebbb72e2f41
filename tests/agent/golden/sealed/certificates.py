"""A table kept apart: energy certificates of apartment buildings."""

from __future__ import annotations

import pandas as pd

from tests.agent.golden.answers import (
    SEALED_TABLES,
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


def _certificates() -> Table:
    table = pd.read_csv(SEALED_TABLES / "energy-certificates.csv")
    table.columns = [
        *("number", "address", "district", "built", "renovated", "flats", "area", "heating"),
        *("demand", "grade", "co2", "solar", "issued", "until", "assessor"),
    ]
    for column in ("issued", "until"):
        table[column] = pd.to_datetime(table[column])
    return table


CERTIFICATES = GoldenTable(
    "energy-certificates",
    _certificates,
    [
        ("How many certificates have class A?", lambda t: One(int((t.grade == "A").sum()))),
        ("average energy demand by heating", lambda t: keyed(t.groupby("heating").demand.mean())),
        (
            "total living area in the Docklands",
            lambda t: One(int(t[t.district == "Docklands"].area.sum())),
        ),
        (
            "Which certificate has the lowest energy demand?",
            lambda t: First((t.loc[t.demand.idxmin()].number,)),
        ),
        ("how many buildings have solar panels", lambda t: One(int((t.solar == "yes").sum()))),
        (
            "What share of the buildings is heated with gas?",
            lambda t: percent(t.heating == "gas"),
        ),
        (
            "How many flats are there in each district?",
            lambda t: keyed(t.groupby("district").flats.sum()),
        ),
        ("buildings built before 1920", lambda t: Listed(int((t.built < 1920).sum()))),
        (
            "How many buildings were never renovated?",
            lambda t: One(int(t.renovated.isna().sum())),
        ),
        ("certificates issued in 2021", lambda t: Listed(int((t.issued.dt.year == 2021).sum()))),
        (
            "How many certificates are valid until 2029?",
            lambda t: One(int((t.until.dt.year == 2029).sum())),
        ),
        (
            "median year built of the buildings heated with oil",
            lambda t: One(t[t.heating == "oil"].built.median()),
        ),
        ("avg CO2 in class E", lambda t: One(t[t.grade == "E"].co2.mean())),
        ("What is the oldest building?", lambda t: First((t.built.min(),))),
        (
            "Which assessor issued the fewest certificates?",
            lambda t: best(t.assessor.value_counts(), low=True),
        ),
        (
            "heat pumps in the Old Town",
            lambda t: Listed(int(((t.heating == "heat pump") & (t.district == "Old Town")).sum())),
        ),
        (
            "How many buildings are in class F, G or H?",
            lambda t: One(int(t.grade.isin(["F", "G", "H"]).sum())),
        ),
        (
            "When was EPC-2378 issued?",
            lambda t: One(str(t[t.number == "EPC-2378"].issued.item().date())),
        ),
        (
            "number of certificates issued per year",
            lambda t: keyed(t.issued.dt.year.value_counts()),
        ),
        (
            "buildings in Northgate with an energy demand over 200",
            lambda t: Listed(int(((t.district == "Northgate") & (t.demand > 200)).sum())),
        ),
        (
            "correlation between year built and energy demand",
            lambda t: One(t.built.corr(t.demand)),
        ),
        (
            "top 3 districts by average CO2",
            lambda t: First((t.groupby("district").co2.mean().idxmax(),), 3),
        ),
        (
            "which kinds of heating are there in Northgate",
            lambda t: names(t[t.district == "Northgate"].heating),
        ),
        (
            "difference in average energy demand between gas and oil",
            lambda t: Gap(
                t[t.heating == "gas"].demand.mean() - t[t.heating == "oil"].demand.mean()
            ),
        ),
    ],
    [
        "average rent by district",
        "certificates in Harborview",
        "Who lives at 27 Mill Lane?",
        "heating costs per flat",
        "Why is the demand in the Old Town so high?",
        "buildings with a lift",
        "How many buildings will be renovated next year?",
        "Which certificate is a fake?",
        "How many buildings are heated with wood pellets?",
        "buildings with good insulation",
        "What did the certificates cost?",
        "energy demand in winter",
        "kWh produced by the solar panels",
        "average number of residents per flat",
        "flats with a balcony",
    ],
)
