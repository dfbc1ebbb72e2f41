"""Ordering: in which order an answer is to come, "highest first", "sorted by price"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.measures import columns_of
from worker.models.builtin.named_columns import named_columns
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import tokenize
from worker.query.plan import QueryPlan, Sort

_END = r"((?:most |least )?[a-z]+)"
_FIRST = re.compile(rf"[\s,(]+(?:the )?{_END} (?:ones? )?first\)?[\s?.!]*$", re.IGNORECASE)
_FROM_TO = re.compile(rf"[\s,]+from (?:the )?{_END} to (?:the )?{_END}[\s?.!]*$", re.IGNORECASE)
_BY = re.compile(
    r"[\s,]+(?:sorted|ordered|ranked|arranged|sort|order)(?: them)? by (?:the )?(.+?)"
    r"(?:[\s,]+(ascending|descending|(?:in )?(?:ascending|descending) order))?[\s?.!]*$",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\s,]+(?:in )?(ascending|descending)(?: order)?[\s?.!]*$", re.IGNORECASE)
_HIGH = frozenset(
    ["highest", "largest", "biggest", "greatest", "most", "newest", "latest", "descending"]
)
_LOW = frozenset(["lowest", "smallest", "least", "fewest", "oldest", "earliest", "ascending"])
_DATES = frozenset(["newest", "latest", "oldest", "earliest"])


@dataclass(frozen=True)
class Order:
    """By what (as said: a column's name, an adjective, or "" for the figure), and which way."""

    by: str
    descending: bool


def without_order(question: str) -> tuple[str, Order | None]:
    """The question without words that only say in which order its answer is to come.

    >>> without_order("Average price by brand, highest first")
    ('Average price by brand', Order(by='', descending=True))
    """
    for pattern in (_FIRST, _FROM_TO, _BY, _PLAIN):
        found = pattern.search(question)
        order = _order_of(pattern, found) if found else None
        if found and order is not None:
            return question[: found.start()].strip(" ,"), order
    return question, None


def _order_of(pattern: re.Pattern[str], found: re.Match[str]) -> Order | None:
    said = found[1].lower()
    if pattern is _BY:
        return Order(said, "descending" in (found[2] or "").lower())
    if said in _HIGH | _LOW:
        return Order(said if said in _DATES else "", said in _HIGH)
    sense = lexicon().adjectives.get(said)
    return Order(said, sense.high) if sense is not None else None


def ordered(plan: QueryPlan, order: Order, vocab: Vocabulary) -> QueryPlan:
    """The plan in that order; raises Abstention where it has nothing to be ordered by."""
    if plan.limit is not None or plan.place is not None or plan.summary or plan.calculate:
        raise Abstention("I can't put that in such an order.", bound=1)
    columns = _columns(order, vocab)
    if plan.aggregates:
        return _of_groups(plan, order, columns)
    if len(columns) != 1:
        raise Abstention(f"In the order of what: “{order.by}”?", bound=1)
    names = plan.columns or [column.name for column in vocab.profile.columns]
    listed = list(dict.fromkeys([*names, *columns]))
    sort = [Sort(output=listed.index(columns[0]), descending=order.descending)]
    return plan.model_copy(update={"columns": listed, "sort": sort})


def names_rows_only(frame: Frame) -> bool:
    """Whether a question, but for its order, only names the rows: "list all wines"."""

    def is_name(one: Binding) -> bool:
        unique = one.kind == "column" and all(map(frame.vocab.is_unique, one.columns))
        return unique or one.kind in {"filler", "title", "list", "entity"}

    return all(map(is_name, frame.reading)) and not frame.filters


def _columns(order: Order, vocab: Vocabulary) -> tuple[str, ...]:
    """The columns that are meant, if any is said."""
    if order.by in _DATES:
        return (vocab.date.name,) if vocab.date is not None else ()
    sense = lexicon().adjectives.get(order.by)
    if sense is not None:
        return columns_of(vocab, sense)
    return named_columns(tokenize(order.by), vocab)[0] if order.by else ()


def _of_groups(plan: QueryPlan, order: Order, columns: tuple[str, ...]) -> QueryPlan:
    """Groups in the order of their figure, or of the key that is named."""
    keys = [key.column for key in plan.group_by]
    figures = [one.column for one in plan.aggregates]
    named = [at for at, name in enumerate([*keys, *figures]) if name in columns]
    counted = order.by in {"number", "count", "frequency"} and figures == [None]
    if not keys or len(named) > 1 or (order.by and not named and not counted):
        raise Abstention(f"In the order of what: “{order.by}”?", bound=1)
    output = named[0] if named else len(keys) + len(figures) - 1
    return plan.model_copy(update={"sort": [Sort(output=output, descending=order.descending)]})
