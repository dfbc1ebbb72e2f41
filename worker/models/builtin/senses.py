"""Senses: what the lexicon says of some words, unless the table or the words around differ."""

from __future__ import annotations

from worker.models.builtin.lexicon import Sense, convert, lexicon
from worker.models.builtin.named_columns import EXACT, named_columns
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token

_MARKS = frozenset({"rating", "ratings"})
# The units of lengths of time that are called like periods of the calendar.
_SPANS = {"hour_of_day": "h", "day": "days", "week": "weeks", "month_of_year": "months",
          "year": "years"}  # fmt: skip


def sense_of(tokens: list[Token], start: int, end: int, vocab: Vocabulary) -> Sense | None:
    """What the lexicon says of a stretch, where nothing around it or in the table says else."""
    span = tokens[start:end]
    sense = lexicon().sense(span)
    if sense is None or _differs(sense, span, vocab):
        return None
    counts = span[0].lower == "in" and any(token.lower == "many" for token in tokens)
    figure = sense.kind == "function" and len(span) > 1 and not counts  # how many in total
    if figure and named_columns(span[1:2], vocab)[0]:
        return None  # there is an "Amount"
    if sense.kind == "measure" and named_columns(span[:1], vocab)[1] == EXACT:
        return None  # "average sold for each product" of a column of those sold
    if sense.kind == "ends" and span[0].lower == "last" and tokens[1].lower == "long":
        return Sense("filler", "last")  # "how long does it last"
    if sense.kind == "ends" and span[0].lower in {"lasted", "lasts", "lasting"}:
        return None
    ends = sense.kind == "ends" and span[0].stem in {"start", "begin", "end"}
    if ends and named_columns(span, vocab)[0]:
        return None  # "started at" of a table with a "Start station"
    aged = lexicon().adjectives.get(span[0].lower)
    if (
        sense.kind in {"ends", "most"}
        and aged
        and any(aged.of & own for own in vocab.columns.values())
    ):
        return aged  # the oldest, where there is an age
    counted = start > 0 and tokens[start - 1].number is not None
    if _names_rows(span, vocab) and (sense.kind == "pay" or _is_no_unit(sense, vocab)):
        return None  # the meters of a table of meters, the "charging sessions"
    return _span(sense, vocab) if counted and sense.kind == "bucket" else sense


def _differs(sense: Sense, span: list[Token], vocab: Vocabulary) -> bool:
    """Whether words only have the stems of a phrase, or are of the table.

    "Customers affected" speaks of no cause where a column is called so, the "lowest rating" is one,
    which the lowest rated has, and "sailings from" somewhere are not what "sailed from" it.
    """
    rating = sense.kind == "adjective" and span[-1].lower in _MARKS
    rows = sense.kind == "direction" and span[0].stem in vocab.entity
    return rating or rows or (sense.kind == "refusal" and _is_called_so(span, vocab))


def _is_called_so(span: list[Token], vocab: Vocabulary) -> bool:
    """Whether a column has the very word in its name."""
    return len(span) == 1 and any(span[0].lower in own for own in vocab.spelled.values())


def _names_rows(span: list[Token], vocab: Vocabulary) -> bool:
    """Whether a word is what the rows are called, or of the table's own name."""
    return len(span) == 1 and span[0].stem in vocab.entity | vocab.title


def _is_no_unit(sense: Sense, vocab: Vocabulary) -> bool:
    """Whether it is a unit that nothing of the table is in."""
    owns = [column.unit for column in vocab.profile.columns if column.unit]
    return sense.kind == "unit" and not any(convert(1, sense.name, own) for own in owns)


def _span(sense: Sense, vocab: Vocabulary) -> Sense:
    """The unit that a period after a number is, where a column is in such units: "2 years"."""
    unit = _SPANS.get(sense.name)
    spans = {column.unit for column in vocab.profile.columns} & set(_SPANS.values())
    return Sense("unit", unit) if unit == "h" or (unit and spans - {"h"}) else sense
