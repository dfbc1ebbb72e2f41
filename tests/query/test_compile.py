"""Plans become exactly this SQL; plans that do not fit their table become a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from shared.datasets import Column, ColumnType, Profile
from worker.query.compile import compile_plan, display_sql
from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan


def column(name: str, kind: ColumnType) -> Column:
    """A column of which only name and type matter."""
    return Column(name=name, type=kind, nulls=0, distinct=1)


SHOP = Profile(
    id="shop",
    title="Shop",
    source="shop.csv",
    version="0",
    rows=1,
    sample=[],
    columns=[
        column("day", "date"),
        column("sold_at", "datetime"),
        column('Item "x"', "text"),
        column("price", "number"),
        column("pieces", "integer"),
        column("returned", "boolean"),
    ],
)


def plan(**members: Any) -> QueryPlan:
    """A plan over the shop."""
    return QueryPlan.model_validate({"dataset_id": "shop", **members})


AVERAGE = [{"function": "mean", "column": "price"}]
GOLDEN: dict[str, tuple[dict[str, Any], str, list[Any]]] = {
    "a figure by month of the year, highest first": (
        {
            "group_by": [{"column": "day", "bucket": "month_of_year"}],
            "aggregates": AVERAGE,
            "sort": [{"output": 1, "descending": True}],
            "limit": 1,
        },
        (
            'SELECT month("day") AS "month", avg("price") AS "average price", '
            'count(*) OVER () AS "groups in all"\n'
            'FROM "shop"\n'
            "GROUP BY 1\n"
            "ORDER BY 2 DESC NULLS LAST, 1 ASC NULLS LAST\n"
            "LIMIT $1"
        ),
        [1],
    ),
    "the rows with the highest value": (
        {
            "columns": ["day", "price"],
            "sort": [{"output": 1, "descending": True}],
            "filters": [{"column": "price", "operator": "not_null"}],
            "limit": 5,
        },
        (
            'SELECT "day" AS "day", "price" AS "price"\n'
            'FROM "shop"\n'
            'WHERE "price" IS NOT NULL\n'
            "ORDER BY 2 DESC NULLS LAST, 1 ASC NULLS LAST\n"
            "LIMIT $1"
        ),
        [5],
    ),
    "every kind of filter": (
        {
            "aggregates": [{"function": "count"}],
            "filters": [
                {"column": 'Item "x"', "operator": "in", "values": ["tea", "o'clock"]},
                {"column": 'Item "x"', "operator": "contains", "values": ["EA"]},
                {"column": "price", "operator": "between", "values": [1, "2.5"]},
                {"column": "returned", "operator": "ne", "values": ["true"]},
                {"column": "day", "part": "month_of_year", "operator": "eq", "values": ["March"]},
                {"column": "sold_at", "operator": "le", "values": ["2012-03-05"]},
                {"column": "sold_at", "operator": "gt", "values": ["2012-03-05T10:00:00+02:00"]},
            ],
        },
        (
            'SELECT count(*) AS "number of rows"\n'
            'FROM "shop"\n'
            'WHERE "Item ""x""" IN ($1, $2)\n'
            '  AND contains(lower("Item ""x"""), lower($3))\n'
            '  AND "price" BETWEEN $4 AND $5\n'
            '  AND "returned" <> $6\n'
            '  AND month("day") = $7\n'
            '  AND CAST("sold_at" AS DATE) <= CAST($8 AS DATE)\n'
            '  AND "sold_at" > CAST($9 AS TIMESTAMP)'
        ),
        ["tea", "o'clock", "EA", 1, 2.5, True, 3, "2012-03-05", "2012-03-05 08:00:00"],
    ),
    "two selections and their difference": (
        {
            "group_by": [{"column": "day", "bucket": "quarter"}],
            "aggregates": [{"function": "sum", "column": "pieces"}],
            "compare": {
                "left": {"column": "returned", "operator": "eq", "values": [True]},
                "right": {"column": "returned", "operator": "eq", "values": [False]},
            },
            "sort": [{"output": 1}],
        },
        (
            'SELECT date_trunc(\'quarter\', "day") AS "quarter", '
            'sum("pieces") FILTER (WHERE "returned" = $1) '
            'AS "total pieces where returned is true", '
            'sum("pieces") FILTER (WHERE "returned" = $2) '
            'AS "total pieces where returned is false", '
            'sum("pieces") FILTER (WHERE "returned" = $2) - '
            'sum("pieces") FILTER (WHERE "returned" = $1) '
            'AS "difference in total pieces"\n'
            'FROM "shop"\n'
            'WHERE ("returned" = $3 OR "returned" = $4)\n'
            "GROUP BY 1\n"
            "ORDER BY 2 ASC NULLS LAST, 1 ASC NULLS LAST"
        ),
        [True, False, True, False],
    ),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_a_plan_compiles_to_this_sql(case: str) -> None:
    """Text and bound values, to the letter."""
    members, sql, parameters = GOLDEN[case]
    query = compile_plan(plan(**members), SHOP)
    assert (query.sql, query.parameters) == (sql, parameters)


def test_the_sql_shown_has_its_values_in_place() -> None:
    """Quotes inside values are doubled, so it can be run as it stands."""
    members, _, _ = GOLDEN["every kind of filter"]
    shown = display_sql(plan(**members), SHOP)
    assert "IN ('tea', 'o''clock')" in shown
    assert 'month("day") = 3' in shown
    assert '"returned" <> TRUE' in shown
    assert "$" not in shown


def test_two_outputs_never_have_the_same_header() -> None:
    """Rows are also given as objects keyed by header."""
    query = compile_plan(plan(aggregates=AVERAGE * 2), SHOP)
    assert [output.name for output in query.outputs] == ["average price", "average price (2)"]


BAD: dict[str, dict[str, Any]] = {
    'Shop has no column "cost"': {"columns": ["cost"]},
    '"day" is date: it has no mean': {"aggregates": [{"function": "mean", "column": "day"}]},
    '"sum" needs a column': {"aggregates": [{"function": "sum"}]},
    "no output 3": {"aggregates": AVERAGE, "sort": [{"output": 3}]},
    "no output -1": {"columns": ["day"], "sort": [{"output": -1}]},
    '"price" is number: it has no month': {
        "group_by": [{"column": "price", "bucket": "month"}],
        "aggregates": AVERAGE,
    },
    "days without hours": {
        "group_by": [{"column": "day", "bucket": "hour"}],
        "aggregates": AVERAGE,
    },
    "need a figure": {
        "group_by": [{"column": "day"}],
        "compare": {
            "left": {"column": "returned", "operator": "eq", "values": [True]},
            "right": {"column": "returned", "operator": "eq", "values": [False]},
        },
    },
    "cannot have -1 rows": {"limit": -1},
    "is no number": {"filters": [{"column": "price", "operator": "gt", "values": ["dear"]}]},
    "is no date": {"filters": [{"column": "day", "operator": "eq", "values": ["yesterday"]}]},
    "neither true nor false": {
        "filters": [{"column": "returned", "operator": "eq", "values": [2]}],
    },
    "takes 2 values, not 1": {
        "filters": [{"column": "price", "operator": "between", "values": [1]}],
    },
    "takes 1 to 1000 values": {"filters": [{"column": "price", "operator": "in", "values": []}]},
    "needs a text column": {
        "filters": [{"column": "price", "operator": "contains", "values": ["1"]}],
    },
    "is no part of a date": {
        "filters": [
            {"column": "day", "part": "month_of_year", "operator": "eq", "values": ["Brumaire"]}
        ],
    },
}


@pytest.mark.parametrize("reason", BAD)
def test_a_plan_that_does_not_fit_says_why(reason: str) -> None:
    """Whoever planned it can do better with that sentence."""
    with pytest.raises(BadPlan) as caught:
        compile_plan(plan(**BAD[reason]), SHOP)
    assert reason in str(caught.value)
    assert caught.value.reason == "bad_plan"
