"""Claims: numbers in a text are tokens bound to result cells; code writes what they say.

`{{r0c1}}` is the cell in row 0 and column 1, `{{r0c1-r1c1}}` how far two cells are apart,
`{{rows_used}}` a member of the coverage. Who writes a text, template or model, writes tokens; the
digits come from here, and `faults` reads them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker.agent.evidence import Coverage, TextPart
from worker.agent.numbers import cell
from worker.agent.results import Table

TOKEN = re.compile(r"\{\{\s*(?:r(\d+)c(\d+)(?:\s*-\s*r(\d+)c(\d+))?|([a-z_]+))\s*\}\}")
#: Any digit that is not inside of a word such as "temp2".
NUMERAL = re.compile(r"(?<![\w.])[-\u2212]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)")
_FIELDS = ("rows_in_table", "rows_used", "rows_total", "rows_shown", "ties", "filters")
#: The row of a comparison that tells how far its sides are apart, which is said without a sign.
DIFFERENCE = "difference"


class UnknownClaim(ValueError):
    """A token that is bound to nothing."""


@dataclass(frozen=True)
class Facts:
    """What claims may be bound to; `filters` is how the plan's conditions are said."""

    table: Table
    coverage: Coverage
    filters: str = ""

    def cell(self, row: int, column: int) -> str:
        """One cell as people read it; raises UnknownClaim."""
        if row >= len(self.table.rows) or column >= len(self.table.columns):
            raise UnknownClaim(f"there is no cell r{row}c{column}")
        value = self.table.rows[row][column]
        apart = self.table.rows[row][0] == DIFFERENCE and isinstance(value, int | float)
        return cell(abs(value) if apart else value, self.unit(column), self.named(column))

    def apart(self, one: tuple[int, int], other: tuple[int, int]) -> str:
        """How far two cells of one column are apart; raises UnknownClaim."""
        values = []
        for row, column in (one, other):
            self.cell(row, column)
            values.append(self.table.rows[row][column])
        if one[1] != other[1] or not all(isinstance(value, int | float) for value in values):
            raise UnknownClaim("only two numbers of one column are so far apart")
        return cell(abs(values[0] - values[1]), self.unit(one[1]))

    def field(self, name: str) -> str:
        """A member of the coverage as people read it; raises UnknownClaim."""
        value = self.filters if name == "filters" else getattr(self.coverage, name, None)
        if name not in _FIELDS or value is None:
            raise UnknownClaim(f'there is no "{name}"')
        return value if isinstance(value, str) else cell(value)

    def unit(self, column: int) -> str | None:
        """The unit of a column."""
        return self.table.units[column] if column < len(self.table.units) else None

    def named(self, column: int) -> str:
        """The header of a column."""
        return self.table.columns[column]


def parts_of(text: str, facts: Facts) -> list[TextPart]:
    """A text with tokens as parts, its first letter a capital; raises UnknownClaim."""
    parts, at = [], 0
    for match in TOKEN.finditer(text):
        if match.start() > at:
            parts.append(TextPart(text=text[at : match.start()]))
        parts.append(_bound(match, facts))
        at = match.end()
    if at < len(text):
        parts.append(TextPart(text=text[at:]))
    if parts and at:
        first = parts[0].text
        parts[0] = parts[0].model_copy(update={"text": first[:1].upper() + first[1:]})
    return [part for part in parts if part.text]


def faults(parts: list[TextPart], facts: Facts, said: str) -> list[str]:
    """What is wrong with a text.

    Parts that do not say what they are bound to, and numbers bound to nothing; words may repeat
    the numbers of `said`: the question and the plan.
    """
    allowed = set(_numerals(said))
    found = []
    for at, part in enumerate(parts):
        try:
            wanted = written(part, facts)
        except UnknownClaim as error:
            found.append(str(error))
            continue
        if wanted is None:
            found += [one for one in _numerals(part.text) if one not in allowed]
            # Such as a half or a circled seven, each one character.
            found += [c for c in part.text if c.isnumeric() and not c.isdecimal() and c not in said]
        elif part.text != wanted and not (at == 0 and _same_but_capital(part.text, wanted)):
            found.append(f"{part.text} for {wanted}")
    return found


def written(part: TextPart, facts: Facts) -> str | None:
    """What a bound part has to say; None for words. Raises UnknownClaim."""
    if part.cell is not None and part.less is not None:
        return facts.apart(part.cell, part.less)
    if part.cell is not None:
        return facts.cell(*part.cell)
    return facts.field(part.field) if part.field is not None else None


def _bound(match: re.Match[str], facts: Facts) -> TextPart:
    row, column, other_row, other_column, field = match.groups()
    if field is not None:
        part = TextPart(text="", field=field)
    elif other_row is None:
        part = TextPart(text="", cell=(int(row), int(column)))
    else:
        less = (int(other_row), int(other_column))
        part = TextPart(text="", cell=(int(row), int(column)), less=less)
    return part.model_copy(update={"text": written(part, facts)})


def _same_but_capital(text: str, wanted: str) -> bool:
    return text == wanted[:1].upper() + wanted[1:]


def _numerals(text: str) -> Iterator[str]:
    for match in NUMERAL.finditer(text):
        yield match.group().replace(",", "").replace("\u2212", "-").lstrip("0") or "0"
