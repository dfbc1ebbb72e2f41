"""Names and texts as SQL, for the places where values cannot be bound.

Only the standard library is imported here: the query helper loads this module.
"""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
