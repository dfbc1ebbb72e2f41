"""Coverage: what an answer stands on, as a sentence and as numbers; nobody writes it."""

from __future__ import annotations

from typing import Any

from shared.datasets import Profile
from worker.agent.evidence import Coverage, Kind
from worker.agent.numbers import plural
from worker.agent.results import QueryResult
from worker.query.plan import Filter, QueryPlan
from worker.query.wording import chosen, conditions, joined, label

_SHORT_VERSION = 8


def coverage(plan: QueryPlan, profile: Profile, result: QueryResult, rows: str) -> Coverage:
    """What the result of a plan stands on; `rows` is what the table's rows are called."""
    table = result.table
    nulls = {name: n for name, n in result.summary.get("nulls_dropped", {}).items() if n}
    whole = table.total_rows if result.whole_rows is None else result.whole_rows
    each = [conditions([one], profile) for one in plan.filters]
    bare = QueryPlan(dataset_id=profile.id)
    lists = [bare.model_copy(update={"any_of": [one]}) for one in plan.any_of]
    return Coverage(
        sentence=_sentence(plan, profile, result, rows, whole),
        rows_in_table=result.rows_read,
        rows_used=result.rows_used,
        dropped=result.summary.get("dropped", []),
        nulls=nulls,
        filters=[*each, *(chosen(one, profile) for one in lists)],
        time_window=result.summary.get("time_window"),
        truncated=table.truncated,
        rows_shown=len(table.rows),
        rows_total=whole,
        ties=ties(plan, result),
        dataset_version=profile.version,
    )


def of_statement(profile: Profile, result: QueryResult, rows: str) -> Coverage:
    """What the result of a model's own SQL stands on: what it left out nobody counted."""
    table = result.table
    said = (
        f"Read from {profile.title} ({plural(result.rows_read, rows)}) by SQL that a model wrote; "
        f"how many {rows} it used or left out is not known"
    )
    if result.summary.get("limited"):
        said += "; it cuts rows off itself, so there may be more"
    return Coverage(
        sentence=f"{said}{_shown(result, table.total_rows, None)}. {_version(profile)}",
        rows_in_table=result.rows_read,
        rows_used=None,
        truncated=table.truncated,
        rows_shown=len(table.rows),
        rows_total=table.total_rows,
        dataset_version=profile.version,
    )


def ties(plan: QueryPlan, result: QueryResult) -> int | None:
    """How many rows share the extreme value that rows are sorted by; None where none is asked."""
    counted: int | None = result.summary.get("ties")
    rows = result.table.rows
    if plan.aggregates or plan.group_by or not plan.sort or not rows:
        return None
    at = plan.sort[0].output
    return counted or next((n for n, row in enumerate(rows) if row[at] != rows[0][at]), len(rows))


def kind_of(plan: QueryPlan | None, profile: Profile, result: QueryResult) -> Kind:
    """What came of a query: nothing found is not zero, and a preview not the whole."""
    if result.table.truncated:
        return "truncated"
    figures = result.table.rows
    counting = plan is not None and all(
        one.function in {"count", "count_distinct"} for one in plan.aggregates
    )
    if result.rows_used == 0 and plan is not None and is_out_of_data(plan, profile):
        return "out_of_data"
    if plan is not None and plan.aggregates and not plan.group_by:
        if result.rows_used == 0 and not counting:
            return "empty"
        return "empty" if all(cell is None for row in figures for cell in row) else "answer"
    return "answer" if figures else "empty"


def is_out_of_data(plan: QueryPlan, profile: Profile) -> bool:
    """Whether a time was asked for that the table does not reach."""
    return any(_beyond(one, profile) for one in plan.filters if not one.negated)


def _beyond(one: Filter, profile: Profile) -> bool:
    column = profile.column(one.column)
    if column.type not in {"date", "datetime"} or column.minimum is None or not one.values:
        return False
    first, last = str(column.minimum), str(column.maximum)
    values = [str(value) for value in one.values]
    if one.part == "year":
        first, last = first[:4], last[:4]
    elif one.part is not None or one.operator in {"last", "first"}:
        return False
    length = min(len(value) for value in values)
    first, last = first[:length], last[:length]
    match one.operator:
        case "eq" | "in" | "between":
            return max(values) < first or min(values) > last
        case "lt" | "gt":
            return values[0] <= first if one.operator == "lt" else values[0] >= last
        case "le" | "ge":
            return values[0] < first if one.operator == "le" else values[0] > last
    return False


def _sentence(plan: QueryPlan, profile: Profile, result: QueryResult, rows: str, whole: int) -> str:
    used, total = result.rows_used or 0, result.rows_read
    said = chosen(plan, profile)
    if used == total:
        text = f"All {plural(total, rows)} of {profile.title} were used"
    else:
        text = f"{used:,} of {plural(total, rows)} of {profile.title} were used"
        text += f", those {said}" if said else ""
    missing = [
        f"{count:,} have no {label(name)}"
        for name, count in result.summary.get("nulls_dropped", {}).items()
        if count
    ]
    text += f"; of these, {joined(missing)}" if missing else ""
    window: dict[str, Any] | None = result.summary.get("time_window")
    if window and used:
        text += f"; {label(window['column'])} from {window['from']} to {window['to']}"
    return f"{text}{_shown(result, whole, plan.limit)}. {_version(profile)}"


def _shown(result: QueryResult, whole: int, limit: int | None) -> str:
    shown = len(result.table.rows)
    if result.table.truncated:
        return f"; the result has {whole:,} rows, of which the first {shown:,} are shown"
    if limit is not None and shown < whole:
        return f"; of the {whole:,} rows of the result, {shown:,} {_are(shown)} shown, as asked"
    return ""


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _version(profile: Profile) -> str:
    return f"Version {profile.version[:_SHORT_VERSION]} of the data."
