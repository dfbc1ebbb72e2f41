"""Cage: a DuckDB connection that can open a few files and whose settings stay as they are."""

from __future__ import annotations

import duckdb

from worker.query.sql import literal

_CONFIG = {
    "threads": "2",
    "temp_directory": "",  # no spilling: the only files written are those the worker made
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}


def caged(paths: list[str], memory_limit: str, *prepare: str) -> duckdb.DuckDBPyConnection:
    """A locked connection to `paths` only, in at most `memory_limit` ("512MB").

    The statements `prepare` are run before it is locked.
    """
    connection = duckdb.connect(":memory:", config={**_CONFIG, "memory_limit": memory_limit})
    for statement in (
        f"SET allowed_paths = [{', '.join(map(literal, paths))}]",
        "SET allow_extension_repositories = 'forbidden'",
        *prepare,
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection
