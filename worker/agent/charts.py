"""Charts: the Vega-Lite spec that suits a plan's result; the page binds the table to it."""

from __future__ import annotations

import json
import re
from typing import Any

from shared.datasets import Profile
from worker.agent.results import Table
from worker.models.builtin.charting import named_chart
from worker.query.figures import step_width
from worker.query.plan import QueryPlan
from worker.query.wording import figure, key, label

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_MOST_BARS = 60
_SERIES = {"year", "quarter", "month", "week", "day", "hour"}
_FEWEST_POINTS = 2
_MOST_SLICES = 12
_STATISTICS = frozenset({"correlation", "rank_correlation", "trend"})
_UPPER = "upper end of the step"
_MARKS = {
    "pie chart": "arc", "bar chart": "bar", "line chart": "line", "area chart": "area",
    "scatter plot": "point",
}  # fmt: skip


def chart(
    plan: QueryPlan, profile: Profile, table: Table, question: str = ""
) -> dict[str, Any] | None:
    """A line over time, bars over categories; None where a chart would show nothing more.

    A kind of chart that the question names is drawn instead, where the result has its shape.
    """
    if len(table.rows) < _FEWEST_POINTS or plan.compare is not None:
        return None
    named = _MARKS.get(named_chart(question))
    if plan.aggregates:
        return _grouped(plan, profile, table, named)
    if named == "point" and len(plan.columns) >= _FEWEST_POINTS:
        return _scatter(plan, profile, table)
    return _ranked_rows(plan, profile, table)


def _grouped(
    plan: QueryPlan, profile: Profile, table: Table, named: str | None
) -> dict[str, Any] | None:
    keys, figures = len(plan.group_by), len(table.columns) - len(plan.group_by)
    if not 1 <= keys <= 2 or not figures or plan.aggregates[0].function in _STATISTICS:
        return None
    first = plan.group_by[0]
    steps = first.width is not None or first.bins is not None
    over_time = first.bucket in _SERIES and not _is_ranked(plan)
    mark = named if named in {"bar", "line", "area"} else "line" if over_time else "bar"
    if mark == "bar" and len(table.rows) > _MOST_BARS and not over_time:
        return None
    if steps and keys == 1:
        return _histogram(plan, profile, table)
    if named == "arc" and keys == 1 and len(table.rows) <= _MOST_SLICES and _positive(table, keys):
        return _pie(plan, profile, table)
    encoding: dict[str, Any] = {
        "x": {
            "field": _field(table.columns[0]),
            "type": "ordinal",
            "sort": None,  # as the table has them: in the order of the answer
            "title": _title(key(first)),
            "axis": {"labelAngle": 0 if over_time else -40, "labelOverlap": True},
        },
        "y": _figure_axis(plan, profile, table),
        "tooltip": [{"field": _field(name)} for name in table.columns],
    }
    units = table.units[keys:] or [None]
    if figures > 1 and keys == 1 and len(set(units)) == 1:
        return _folded(encoding, table.columns[keys:], mark)
    if keys == 2:
        encoding["color"] = {
            "field": _field(table.columns[1]),
            "type": "nominal",
            "title": _title(key(plan.group_by[1])),
        }
        if mark == "bar":
            encoding["xOffset"] = {"field": _field(table.columns[1]), "type": "nominal"}
    return _spec(mark, encoding)


def _figure_axis(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any]:
    """The first figure as a quantity, its unit in the title."""
    at = len(plan.group_by)
    unit = table.units[at] if at < len(table.units) else None
    title = _with_unit(figure(plan.aggregates[0], profile=profile), unit)
    return {"field": _field(table.columns[at]), "type": "quantitative", "title": title}


def _histogram(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any]:
    """Bars as wide as the steps, so that a step without rows leaves a gap."""
    group, low = plan.group_by[0], table.columns[0]
    width = step_width(group, profile.column(group.column))
    column = profile.column(group.column)
    encoding = {
        "x": {
            "field": _field(low),
            "type": "quantitative",
            "bin": {"binned": True, "step": width},
            "title": _with_unit(label(column.name), column.unit),
        },
        "x2": {"field": _UPPER},
        "y": _figure_axis(plan, profile, table),
        "tooltip": [{"field": _field(name)} for name in table.columns],
    }
    upper = {"calculate": f"datum[{json.dumps(low)}] + {width!r}", "as": _UPPER}
    return {**_spec("bar", encoding), "transform": [upper]}


def _pie(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any]:
    encoding = {
        "theta": {**_figure_axis(plan, profile, table), "stack": True},
        "color": {
            "field": _field(table.columns[0]),
            "type": "nominal",
            "sort": None,
            "title": _title(key(plan.group_by[0])),
        },
        "tooltip": [{"field": _field(name)} for name in table.columns],
    }
    return _spec("arc", encoding)


def _scatter(plan: QueryPlan, profile: Profile, table: Table) -> dict[str, Any] | None:
    """The first two number columns against each other."""
    numeric = [at for at, kind in enumerate(table.types) if kind in {"integer", "number"}]
    if len(numeric) < _FEWEST_POINTS:
        return None
    axes = {}
    for axis, at in zip(("x", "y"), numeric, strict=False):
        column = profile.column(plan.columns[at])
        axes[axis] = {
            "field": _field(table.columns[at]),
            "type": "quantitative",
            "title": _with_unit(label(column.name), column.unit),
            "scale": {"zero": False},
        }
    return _spec("point", {**axes, "tooltip": [{"field": _field(c)} for c in table.columns]})


def _positive(table: Table, column: int) -> bool:
    values = [row[column] for row in table.rows]
    return all(isinstance(value, int | float) and value >= 0 for value in values)


def _folded(encoding: dict[str, Any], names: list[str], mark: str) -> dict[str, Any]:
    """Several figures of one group, as one colour each."""
    encoding["y"] = {"field": "value", "type": "quantitative", "title": None}
    encoding["color"] = {"field": "figure", "type": "nominal", "title": None}
    if mark == "bar":
        encoding["xOffset"] = {"field": "figure", "type": "nominal"}
    del encoding["tooltip"]
    spec = _spec(mark, encoding)
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


def _with_unit(text: str, unit: str | None) -> str:
    return f"{_title(text)} ({unit})" if unit else _title(text)


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _field(name: str) -> str:
    """A column's name as a Vega-Lite field: dots and brackets would reach into objects."""
    return re.sub(r"([.\[\]\\])", r"\\\1", name)
