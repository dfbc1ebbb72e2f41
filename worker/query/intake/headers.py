"""Headers: the names of columns, each one once, and a word for every name that was changed."""

from __future__ import annotations

from collections.abc import Sequence

from worker.query.intake.work import Notes, Unreadable

#: More columns than this are no table that anybody asks about.
MOST_COLUMNS = 2_000
_NAME_CHARS = 200


def named(cells: Sequence[str], notes: Notes) -> list[str]:
    """Names for columns whose header cells are `cells`; raises Unreadable for too many.

    Names differ in more than case, since SQL does not tell "Name" from "name".
    """
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"it has {len(cells):,} columns; at most {MOST_COLUMNS:,} can be read.")
    names: list[str] = []
    taken: set[str] = set()
    for at, cell in enumerate(cells, 1):
        wanted = " ".join(cell.replace("\0", " ").split())[:_NAME_CHARS]
        base = wanted or f"column {at}"
        name, number = base, 1
        while name.lower() in taken:
            number += 1
            name = f"{base} ({number})"
        if not wanted:
            notes.problems.append(f'Column {at} has no name; it is called "{name}".')
        elif number > 1:
            notes.problems.append(
                f'More than one column is called "{wanted}"; column {at} is called "{name}".'
            )
        taken.add(name.lower())
        names.append(name)
    return names
