"""The form a model fills in for a plan, and how it becomes a QueryPlan.

It differs from QueryPlan where strict JSON schemas or models need it: values have a closed type,
the dataset is given, and a sort names the list it counts in. The defaults are for servers that
cannot hold a model to the schema.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.datasets import Profile
from worker.models.card import as_data, clipped
from worker.query.compile import compile_plan
from worker.query.errors import BadPlan
from worker.query.plan import (
    Aggregate,
    Bucket,
    Comparison,
    Filter,
    Function,
    GroupBy,
    Operator,
    QueryPlan,
    Sort,
)

Part = Literal["year", "quarter", "month_of_year", "day_of_week", "hour_of_day"]
_EXACT = frozenset({"eq", "ne", "in", "not_in"})
_NEAR = 3


class Form(BaseModel):
    """Base of the form's parts."""

    model_config = ConfigDict(extra="forbid")


class FilterForm(Form):
    """Keep the rows for which `column operator values` holds."""

    column: str
    operator: Operator
    values: list[str | int | float | bool] = []
    part: Part | None = None


class GroupForm(Form):
    """One grouping key."""

    column: str
    bucket: Bucket | None = None


class AggregateForm(Form):
    """One figure per group; only `count` may do without a column."""

    function: Function
    column: str | None = None


class SortForm(Form):
    """Order by the entry number `index`, from 0, of the named list of this plan."""

    by: Literal["group_by", "aggregates", "columns"]
    index: int
    descending: bool = False


class ComparisonForm(Form):
    """Two selections of the same figure, side by side."""

    left: FilterForm
    right: FilterForm


class PlanForm(Form):
    """A query over the table."""

    filters: list[FilterForm] = []
    group_by: list[GroupForm] = []
    aggregates: list[AggregateForm] = []
    columns: list[str] = []
    sort: list[SortForm] = []
    limit: int | None = None
    compare: ComparisonForm | None = None


def to_plan(form: PlanForm, profile: Profile) -> QueryPlan:
    """The form as a plan that fits the table; raises ValueError that says what does not."""
    compare = form.compare
    plan = QueryPlan(
        dataset_id=profile.id,
        filters=[_filter(each, profile) for each in form.filters],
        group_by=[GroupBy(**each.model_dump()) for each in form.group_by],
        aggregates=[Aggregate(**each.model_dump()) for each in form.aggregates],
        columns=form.columns,
        sort=[_sort(each, form, profile) for each in form.sort],
        limit=form.limit,
        compare=compare
        and Comparison(left=_filter(compare.left, profile), right=_filter(compare.right, profile)),
    )
    if plan.aggregates and plan.columns:
        raise ValueError("A plan has either aggregates or columns; leave the other list empty.")
    if plan.limit is not None and plan.limit < 1:
        raise ValueError("The limit is null or at least 1.")
    try:
        compile_plan(plan, profile)
    except BadPlan as error:
        raise ValueError(str(error)) from error
    return plan


def _sort(sort: SortForm, form: PlanForm, profile: Profile) -> Sort:
    """The sort with its output counted as QueryPlan does: group keys, then figures."""
    listed = form.columns or [column.name for column in profile.columns]
    keys, figures = len(form.group_by), len(form.aggregates)
    start, count = {
        "group_by": (0, keys),
        "aggregates": (keys, figures),
        "columns": (0, 0 if figures else len(listed)),
    }[sort.by]
    if not 0 <= sort.index < count:
        raise ValueError(f"There is no entry {sort.index} in {sort.by} to sort by.")
    return Sort(output=start + sort.index, descending=sort.descending)


def _filter(form: FilterForm, profile: Profile) -> Filter:
    values = [_known(value, form, profile) for value in form.values]
    return Filter(column=form.column, operator=form.operator, values=values, part=form.part)


def _known(value: Any, form: FilterForm, profile: Profile) -> Any:
    """A value as the column writes it: a text that never occurs would find nothing, silently."""
    column = next((each for each in profile.columns if each.name == form.column), None)
    if column is None or column.values is None or form.operator not in _EXACT:
        return value
    if value in column.values:
        return value
    written = {each.casefold(): each for each in column.values}
    if str(value).casefold() not in written:
        raise ValueError(_unknown(str(value), column.name, written))
    return written[str(value).casefold()]


def _unknown(value: str, name: str, written: dict[str, str]) -> str:
    near = (
        get_close_matches(value.casefold(), written, n=_NEAR, cutoff=0.5) or list(written)[:_NEAR]
    )
    values = as_data({"such as": [clipped(written[each]) for each in near]})
    return f'No row has "{clipped(value)}" in "{name}"; its values are others, {values}.'
