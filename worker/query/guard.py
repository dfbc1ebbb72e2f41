"""The guard: what a statement may do, read off DuckDB's own parse tree.

Compiled plans pass by construction; the guard holds even if a plan, a column's name or a later
way to make SQL does not keep to that. DuckDB's parser says what the SQL means, so there is no
second parser to disagree with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

# The parser takes about 9 kB per nested bracket: long texts are refused before it sees them.
_LONGEST_SQL = 200_000

#: Functions and operators that compute from their arguments alone and in bounded memory.
FUNCTIONS = frozenset(
    {"count", "count_star", "sum", "avg", "min", "max", "median", "stddev_samp", "mode"}
    | {"quantile_cont", "arg_min", "arg_max", "corr", "regr_slope", "regr_r2", "regr_count"}
    | {"rank", "dense_rank", "lag"}
    | {"year", "quarter", "month", "isodow", "hour", "date_trunc", "date_diff"}
    | {"epoch", "lower", "contains", "starts_with", "ends_with", "suffix", "prefix"}
    | {"+", "-", "*", "/", "abs", "round", "floor", "nullif"}
)
#: What a model may call besides, in SQL of its own.
MODEL_FUNCTIONS = FUNCTIONS | frozenset(
    {"stddev", "stddev_pop", "var_samp", "skewness", "kurtosis", "mad", "quantile_disc"}
    | {"first", "last", "any_value", "covar_samp", "regr_intercept", "bool_and", "bool_or"}
    | {"//", "%", "~~", "!~~", "~~*", "!~~*", "ceil", "ceiling", "sqrt", "ln", "log10", "exp"}
    | {"pow", "power", "sign", "greatest", "least", "ifnull", "isfinite", "upper", "trim"}
    | {"length", "substring", "substr", "date_part", "day", "minute", "week", "dayofweek"}
    | {"weekday", "dayname", "monthname", "make_date", "to_days", "to_months", "to_years"}
    | {"row_number", "percent_rank", "cume_dist", "ntile", "lead", "first_value"}
    | {"last_value", "date_add", "date_sub", "datediff", "datepart"}
)
_LONGEST_MODEL_SQL = 8_000
# Outside of the scope of a WITH that has such a name, it would be the engine's own table.
_SYSTEM = ("duckdb_", "pragma_", "pg_", "sqlite_", "information_schema")
_NODES = frozenset(
    {"LAMBDA", "POSITIONAL_REFERENCE", "TABLE_FUNCTION", "RECURSIVE_CTE_NODE", "SHOW_REF"}
)


def refusal(
    parser: duckdb.DuckDBPyConnection, sql: str, table: str, *, by_model: bool = False
) -> str | None:
    """Why `sql` may not run over `table`, or None if it may; `parser` reads it, nothing is run."""
    if len(sql) > (_LONGEST_MODEL_SQL if by_model else _LONGEST_SQL):
        return "it is too long"
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return "only one SELECT may be run"
        tree = _tree(parser, sql)
    # DuckDB's Python package raises RuntimeError for statement types it does not know.
    except (duckdb.Error, RuntimeError, ValueError) as error:
        return f"it cannot be read ({str(error).partition(chr(10))[0]})"
    named = frozenset(_named(tree))
    taken = next((name for name in named if name.lower().startswith(_SYSTEM)), None)
    if taken is not None:
        return f'it calls a relation "{taken}"'
    allowed = _Allowed(named | {table}, MODEL_FUNCTIONS if by_model else FUNCTIONS)
    return next(_objections(tree, allowed), None)


def limits(parser: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Whether a statement that may run cuts rows off anywhere."""
    return '"LIMIT_MODIFIER"' in json.dumps(_tree(parser, sql))


@dataclass(frozen=True)
class _Allowed:
    tables: frozenset[str]
    functions: frozenset[str]


def _tree(parser: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = parser.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree.get("error"):
        raise ValueError(tree.get("error_message", "no parse tree"))
    return tree


def _named(node: Any) -> Iterator[str]:
    """The names that WITH gives to relations, anywhere in the statement."""
    if isinstance(node, list):
        for one in node:
            yield from _named(one)
    elif isinstance(node, dict):
        named = node.get("cte_map") or {}
        yield from (str(each["key"]) for each in named.get("map", ()))
        for one in node.values():
            yield from _named(one)


def _objections(node: Any, allowed: _Allowed) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _objections(one, allowed)
    elif isinstance(node, dict):
        yield from _objection(node, allowed)
        for one in node.values():
            yield from _objections(one, allowed)


def _objection(node: dict[str, Any], allowed: _Allowed) -> Iterator[str]:
    kind = node.get("type")
    if kind in _NODES:
        yield f"it uses {str(kind).replace('_', ' ').lower()}"
    if kind == "BASE_TABLE":
        path = [node.get("catalog_name"), node.get("schema_name")]
        if path != ["", ""] or node.get("table_name") not in allowed.tables:
            yield f'it reads "{node.get("table_name")}"'
    if "function_name" in node:
        name = str(node["function_name"]).lower()
        if name not in allowed.functions or node.get("schema") or node.get("catalog"):
            yield f'it calls "{name}"'
