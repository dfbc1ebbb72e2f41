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
    Calculation,
    Comparison,
    Filter,
    Function,
    GroupBy,
    Having,
    Operation,
    Operator,
    OverKind,
    PerGroup,
    QueryPlan,
    Sort,
    Summarized,
    Summary,
)

Part = Literal["year", "quarter", "month_of_year", "day_of_week", "hour_of_day"]
Listed = Literal["group_by", "aggregates", "calculate", "columns"]
_EXACT = frozenset({"eq", "ne", "in", "not_in"})
_NEAR = 3


class Form(BaseModel):
    """Base of the form's parts."""

    model_config = ConfigDict(extra="forbid")


class FilterForm(Form):
    """Keep the rows for which `column operator values` holds; `negated` keeps the others."""

    column: str
    operator: Operator
    values: list[str | int | float | bool] = []
    part: Part | None = None
    negated: bool = False


class GroupForm(Form):
    """One grouping key; `width` or `bins` make steps of numbers."""

    column: str
    bucket: Bucket | None = None
    width: float | None = None
    bins: int | None = None


class OverForm(Form):
    """What is made of a figure across the groups; `size` is for `moving` only."""

    kind: OverKind
    size: int | None = None
    within: list[int] = []


class AggregateForm(Form):
    """One figure per group; only `count` may do without a column."""

    function: Function
    column: str | None = None
    by: str | None = None
    percent: float | None = None
    filters: list[FilterForm] = []
    over: OverForm | None = None


class CalculationForm(Form):
    """Two figures set together, by their positions in `aggregates`, from 0."""

    operation: Operation
    left: int
    right: int


class HavingForm(Form):
    """Keep the groups whose entry number `index`, from 0, of the named list compares."""

    by: Literal["aggregates", "calculate"]
    index: int
    operator: Literal["eq", "ne", "lt", "le", "gt", "ge", "between", "is_null", "not_null"]
    values: list[int | float] = []


class SortForm(Form):
    """Order by the entry number `index`, from 0, of the named list of this plan."""

    by: Listed
    index: int
    descending: bool = False


class PerGroupForm(Form):
    """Show the first `limit` in the order of the sort for each of these keys."""

    keys: list[GroupForm]
    limit: int


class SummaryForm(Form):
    """One figure of the groups that are kept: how many, or of entry `index` of the named list."""

    function: Summarized
    by: Literal["aggregates", "calculate"] = "aggregates"
    index: int = 0


class ComparisonForm(Form):
    """Two selections of the same figure, side by side."""

    left: FilterForm
    right: FilterForm


class PlanForm(Form):
    """A query over the table."""

    filters: list[FilterForm] = []
    any_of: list[list[FilterForm]] = []
    group_by: list[GroupForm] = []
    aggregates: list[AggregateForm] = []
    calculate: list[CalculationForm] = []
    columns: list[str] = []
    having: list[HavingForm] = []
    sort: list[SortForm] = []
    per_group: PerGroupForm | None = None
    limit: int | None = None
    place: int | None = None
    summary: SummaryForm | None = None
    compare: ComparisonForm | None = None


def to_plan(form: PlanForm, profile: Profile) -> QueryPlan:
    """The form as a plan that fits the table; raises ValueError that says what does not."""
    compare = form.compare
    plan = QueryPlan(
        dataset_id=profile.id,
        filters=_filters(form.filters, profile),
        any_of=[_filters(each, profile) for each in form.any_of],
        group_by=[GroupBy(**each.model_dump()) for each in form.group_by],
        aggregates=[_aggregate(each, profile) for each in form.aggregates],
        calculate=[Calculation(**each.model_dump()) for each in form.calculate],
        columns=form.columns,
        having=[_having(each, form, profile) for each in form.having],
        sort=[_sort(each, form, profile) for each in form.sort],
        per_group=form.per_group and PerGroup.model_validate(form.per_group.model_dump()),
        limit=form.limit,
        place=form.place,
        summary=form.summary and _summary(form.summary, form, profile),
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


def _aggregate(form: AggregateForm, profile: Profile) -> Aggregate:
    own = {"filters": _filters(form.filters, profile)}
    return Aggregate.model_validate({**form.model_dump(), **own})


def _having(having: HavingForm, form: PlanForm, profile: Profile) -> Having:
    output = _output(having.by, having.index, form, profile, "keep groups by")
    return Having(output=output, operator=having.operator, values=having.values)


def _sort(sort: SortForm, form: PlanForm, profile: Profile) -> Sort:
    output = _output(sort.by, sort.index, form, profile, "sort by")
    return Sort(output=output, descending=sort.descending)


def _summary(summary: SummaryForm, form: PlanForm, profile: Profile) -> Summary:
    output = _output(summary.by, summary.index, form, profile, "summarize")
    return Summary(function=summary.function, output=output)


def _output(by: Listed, index: int, form: PlanForm, profile: Profile, use: str) -> int:
    """An entry of a list as the output that QueryPlan counts it as; raises ValueError."""
    listed = form.columns or [column.name for column in profile.columns]
    keys, figures = len(form.group_by), len(form.aggregates)
    start, count = {
        "group_by": (0, keys),
        "aggregates": (keys, figures),
        "calculate": (keys + figures, len(form.calculate)),
        "columns": (0, 0 if figures or keys else len(listed)),
    }[by]
    if not 0 <= index < count:
        raise ValueError(f"There is no entry {index} in {by} to {use}.")
    return start + index


def _filters(forms: list[FilterForm], profile: Profile) -> list[Filter]:
    return [_filter(each, profile) for each in forms]


def _filter(form: FilterForm, profile: Profile) -> Filter:
    values = [_known(value, form, profile) for value in form.values]
    return Filter.model_validate({**form.model_dump(), "values": values})


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
