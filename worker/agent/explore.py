"""Exploration: what a table holds, told from its profile alone."""

from __future__ import annotations

from shared.datasets import Column, Profile
from worker.agent.numbers import cell, plural
from worker.agent.results import Answer, Table
from worker.models.builtin.phrasing import row_noun
from worker.models.builtin.planner import NAME
from worker.query.wording import joined, label

_COLUMNS = ["column", "type", "unit", "missing", "different values", "lowest", "highest", "average"]
_TOLD_RANGES = 3
_TOLD_VALUES = 3
_FEW_VALUES = 50


def explore(profile: Profile, suggestions: list[str]) -> Answer:
    """A summary with findings: size, period, ranges, commonest values, what is missing."""
    findings = [_size(profile), _period(profile), _ranges(profile), *_common(profile)]
    findings.append(_missing(profile))
    return Answer(
        type="exploration_response",
        answer=" ".join(finding for finding in findings if finding),
        table=_columns(profile),
        data_summary={
            "rows": profile.rows,
            "columns": len(profile.columns),
            "rows_read": profile.rows,
            "rows_used": profile.rows,
            "filters": [],
            "nulls_dropped": {},
            "dataset_version": profile.version,
        },
        planner=NAME,
        suggestions=suggestions,
        dataset=profile.id,
    )


def _columns(profile: Profile) -> Table:
    rows = [
        [c.name, c.type, c.unit, c.nulls, c.distinct, c.minimum, c.maximum, c.mean]
        for c in profile.columns
    ]
    return Table(columns=_COLUMNS, rows=rows, total_rows=len(rows))


def _size(profile: Profile) -> str:
    names = [label(column.name) for column in profile.columns]
    shown = joined(names) if len(names) <= 8 else f"{joined(names[:8])} and more"
    counted = plural(profile.rows, row_noun(profile))
    columns = plural(len(names), "columns")
    return f"{profile.title} has {counted} and {columns}: {shown}."


def _period(profile: Profile) -> str:
    said = [
        f"{label(c.name)} runs from {cell(c.minimum)} to {cell(c.maximum)}"
        for c in profile.columns
        if c.type in {"date", "datetime"} and c.minimum is not None
    ]
    return f"The {joined(said)}." if said else ""


def _ranges(profile: Profile) -> str:
    measured = [c for c in profile.columns if c.mean is not None and c.type != "boolean"]
    said = [
        f"{label(c.name)} from {cell(c.minimum, c.unit)} to {cell(c.maximum, c.unit)} "
        f"(average {cell(c.mean, c.unit)})"
        for c in measured[:_TOLD_RANGES]
    ]
    return f"Ranges: {joined(said)}." if said else ""


def _common(profile: Profile) -> list[str]:
    return [
        f"The most frequent {label(c.name)}: {joined(_counted(c))}."
        for c in profile.columns
        if c.type == "text" and 1 < c.distinct <= _FEW_VALUES and c.top_values
    ][:2]


def _counted(column: Column) -> list[str]:
    return [f"{cell(v)} ({count:,})" for v, count in column.top_values[:_TOLD_VALUES]]


def _missing(profile: Profile) -> str:
    holes = [c for c in profile.columns if c.nulls]
    if not holes:
        return "No values are missing."
    said = [f"{label(c.name)} ({c.nulls:,})" for c in holes[:5]]
    more = f" and {len(holes) - 5} more columns" if len(holes) > 5 else ""
    return f"Values are missing in {joined(said)}{more}."
