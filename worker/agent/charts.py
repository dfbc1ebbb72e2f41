"""Charts: the Vega-Lite spec that suits a plan's result; the page binds the table to it."""

from __future__ import annotations

import re
from typing import Any

from shared.datasets import Profile
from worker.agent.results import Table
from worker.query.plan import QueryPlan
from worker.query.wording import figure, key, label

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_MOST_BARS = 60
_SERIES = {"year", "quarter", "month", "week", "day", "hour"}
_FEWEST_POINTS = 2


def chart(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any] | None:
    """A line over time, bars over categories; None where a chart would show nothing more."""
    if len(table.rows) < _FEWEST_POINTS:
        return None
    if plan.aggregates:
        return _grouped(plan, profile, table)
    return _ranked_rows(plan, profile, table)


def _grouped(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any] | None:
    keys, figures = len(plan.group_by), len(plan.aggregates)
    if plan.compare is not None or not 1 <= keys <= 2 or len(table.columns) < keys + figures:
        return None
    first = plan.group_by[0]
    over_time = first.bucket in _SERIES and not _is_ranked(plan)
    if not over_time and len(table.rows) > _MOST_BARS:
        return None
    y = table.columns[keys]
    x_axis = {
        "field": _field(table.columns[0]),
        "type": "ordinal",
        "sort": None,  # as the table has them: in the order of the answer
        "title": _title(key(first)),
        "axis": {"labelAngle": 0 if over_time else -40, "labelOverlap": True},
    }
    y_axis = {"field": _field(y), "type": "quantitative", "title": _figure_title(plan, profile)}
    encoding: dict[str, Any] = {"x": x_axis, "y": y_axis}
    encoding["tooltip"] = [{"field": _field(name)} for name in table.columns]
    if figures > 1:
        names = table.columns[keys : keys + figures]
        return _folded(encoding, names, line=over_time)
    if keys == 2:
        encoding["color"] = {
            "field": _field(table.columns[1]),
            "type": "nominal",
            "title": _title(key(plan.group_by[1])),
        }
        if not over_time:
            encoding["xOffset"] = {"field": _field(table.columns[1]), "type": "nominal"}
    return _spec("line" if over_time else "bar", encoding)


def _folded(encoding: dict[str, Any], names: list[str], *, line: bool) -> dict[str, Any]:
    """Several figures of one group, as one colour each."""
    encoding["y"] = {"field": "value", "type": "quantitative", "title": None}
    encoding["color"] = {"field": "figure", "type": "nominal", "title": None}
    if not line:
        encoding["xOffset"] = {"field": "figure", "type": "nominal"}
    del encoding["tooltip"]
    spec = _spec("line" if line else "bar", encoding)
    return {**spec, "transform": [{"fold": [_field(n) for n in names], "as": ["figure", "value"]}]}


def _ranked_rows(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any] | None:
    """Bars of the value that rows were ranked by, against their date."""
    dates = [c.name for c in profile.columns if c.type in {"date", "datetime"}]
    named = [at for at, name in enumerate(plan.columns) if name in dates]
    if not plan.sort or not named or len(table.rows) > _MOST_BARS:
        return None
    by = plan.sort[0].output
    if by in named or by >= len(table.columns):
        return None
    column = profile.column(plan.columns[by])
    return _spec(
        "bar",
        {
            "x": {
                "field": _field(table.columns[named[0]]),
                "type": "ordinal",
                "sort": None,
                "title": _title(label(plan.columns[named[0]])),
                "axis": {"labelAngle": -40},
            },
            "y": {
                "field": _field(table.columns[by]),
                "type": "quantitative",
                "title": _with_unit(label(column.name), column.unit),
            },
            "tooltip": [{"field": _field(name)} for name in table.columns],
        },
    )


def _spec(mark: str, encoding: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": mark}
    if mark == "line":
        shape["point"] = True
    return {
        "$schema": _SCHEMA,
        "data": {"name": "table"},
        "width": "container",
        "mark": shape,
        "encoding": encoding,
    }


def _is_ranked(plan: QueryPlan) -> bool:
    return bool(plan.sort) and plan.sort[0].output >= len(plan.group_by)


def _figure_title(plan: QueryPlan, profile: Profile) -> str:
    first = plan.aggregates[0]
    counted = first.column is None or first.function in {"count", "count_distinct"}
    unit = None if counted or first.column is None else profile.column(first.column).unit
    return _with_unit(figure(first), unit)


def _with_unit(text: str, unit: str | None) -> str:
    return f"{_title(text)} ({unit})" if unit else _title(text)


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _field(name: str) -> str:
    """A column's name as a Vega-Lite field: dots and brackets would reach into objects."""
    return re.sub(r"([.\[\]\\])", r"\\\1", name)
