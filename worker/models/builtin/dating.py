"""Dating: which column the times of a question are of, and whether the table reaches them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from worker.models.builtin.binding import Binding, Reading
from worker.models.builtin.frame import Abstention, Frame, OutOfData, unclear
from worker.models.builtin.times import Time
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token
from worker.query.errors import BadPlan
from worker.query.plan import Filter
from worker.query.relative import window_edge

# Participles that do not end in "ed".
_PARTICIPLES = frozenset(
    {
        "left",
        "leave",
        "came",
        "come",
        "lost",
        "sold",
        "bought",
        "built",
        "made",
        "born",
        "sent",
        "paid",
        "held",
        "shot",
        "given",
        "taken",
    }
)
_MONTHS = 12


def spoken_of(reading: Reading, vocab: Vocabulary) -> Vocabulary:
    """The vocabulary with the one of several date columns that the question names as its date."""
    dates = {column.name for column in vocab.dates}
    if len(dates) < 2:
        return vocab
    named = {b.columns[0] for b in reading if b.kind == "column" and dates.issuperset(b.columns)}
    return replace(vocab, dated=named.pop()) if len(named) == 1 else vocab


def time_column(frame: Frame, time: Binding) -> str:
    """The column a time is of: the date or year named before it, or the only one there is.

    Raises Abstention with the choices.
    """
    named = frame.before(time, "not")
    if named is not None and named.kind == "column" and len(named.columns) == 1:
        name = named.columns[0]
        if is_dated(frame.vocab, name):
            by = frame.before(named)
            twice = by is not None and by.kind == "column" and is_dated(frame.vocab, by.columns[0])
            if twice and by is not None and "and" in frame.words_between(by, named):
                raise Abstention(f"Is “{by.said}” at that time, too?", bound=1, final=True)
            if by is None or by.kind != "group":  # "by month in 2021" groups by the months
                frame.use(named)
            return name
    if frame.vocab.date is not None:
        return frame.vocab.date.name
    dates = tuple(column.name for column in frame.vocab.dates)
    if dates:
        raise unclear(frame, time, dates, keep=True)
    if frame.vocab.year_column is None:
        raise Abstention(f"I can't select by “{time.said}”.", bound=frame.weight)
    return frame.vocab.year_column.name


def is_dated(vocab: Vocabulary, name: str) -> bool:
    """Whether a column holds dates, or years as whole numbers."""
    column = vocab.profile.column(name)
    return column.type in {"date", "datetime"} or column in vocab.years


def happened(token: Token) -> bool:
    """Whether a word says that something was done: "loaned", "sold"."""
    regular = token.lower.endswith("ed") and token.stem != token.lower
    return regular or token.lower in _PARTICIPLES


def participles(frame: Frame) -> None:
    """Take "sold" of "units sold by Ann": rows that have such a date, which says nothing more.

    So do rows that somebody did it to: "borrowed", of a column of borrowers.
    """
    for binding in frame.free("column"):
        word, name = binding.said.lower(), binding.columns[0]
        verb = word.endswith("ed") or word in _PARTICIPLES
        done = is_dated(frame.vocab, name) or _does(frame.vocab, name)
        if not verb or len(binding.columns) > 1 or not done:
            continue
        asked = frame.before(binding)
        if frame.words[0] == "when" or (asked and asked.kind in {"group", "count", "distinct"}):
            continue
        frame.use(binding)
        if frame.vocab.profile.column(name).nulls:
            frame.select(binding, Filter(column=name, operator="not_null"))


def _does(vocab: Vocabulary, name: str) -> bool:
    """Whether a column names those who do something: borrowers, directors."""
    return all(word.endswith(("er", "or")) for word in vocab.spelled[name])


def reached(frame: Frame, time: Time, name: str) -> None:
    """Raise OutOfData for a time that the column does not reach."""
    column = frame.vocab.profile.column(name)
    first, last = str(column.minimum)[:10], str(column.maximum)[:10]
    said = None
    if time.relation == "last":
        said = _beyond(frame, time, name)
    elif time.relation in {"eq", "between"}:
        outside = [y for y in sorted(time.years) if not first[:4] <= str(y) <= last[:4]]
        said = str(outside[0]) if outside else None
        if said is None and column.type in {"date", "datetime"}:
            said = _missed(time, dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    if said is not None:
        raise OutOfData(
            f"{frame.vocab.profile.title} covers {first} to {last}; {said} is outside it.",
            bound=frame.weight,
            final=True,
        )


def _missed(time: Time, first: dt.date, last: dt.date) -> str | None:
    """A point of time that lies before the first or after the last date."""
    months = {
        (first.month - 1 + ahead) % _MONTHS + 1
        for ahead in range((last.year - first.year) * _MONTHS + last.month - first.month + 1)
    }
    spans = [point.bounds() for point in time.points]
    if time.relation == "between" and len(spans) == 2 and all(spans):
        low, high = spans
        assert low is not None  # noqa: S101 - the line above
        assert high is not None  # noqa: S101 - the line above
        return "that time" if low[0] > last or high[1] <= first else None
    for point, span in zip(time.points, spans, strict=True):
        if span is not None and (span[1] <= first or span[0] > last):
            return "that time"
        if point.year is None and point.months and not months & set(point.months):
            return "that month"
    return None


def _beyond(frame: Frame, time: Time, name: str) -> str | None:
    """A window that is longer than the data, or of which nobody knows where it begins.

    Raises Abstention.
    """
    count, unit = time.window
    column = frame.vocab.profile.column(name)
    if column.type not in {"date", "datetime"}:
        raise Abstention(f"“{name}” has no {unit}s.", bound=frame.weight)
    window = Filter(column=name, operator="last", values=[count, unit])
    try:
        edge = window_edge(window, column)
    except BadPlan as error:
        raise Abstention(str(error), bound=frame.weight) from None
    step = frame.vocab.step
    if step in {"month", "year"} and unit not in {"month", "quarter", "year"}:
        raise Abstention(f"There is one date for each {step}.", bound=frame.weight)
    if time.open and not _is_whole(column.maximum, unit, step):
        end = str(column.maximum)[:10]
        raise Abstention(
            f"The data end on {end}, within a {unit}: say the last 30 days, or which {unit}.",
            bound=frame.weight,
            final=True,
        )
    beyond = dt.date.fromisoformat(edge[:10]) < _before(str(column.minimum)[:10], step)
    return f"a time of {count:,} {unit}s" if beyond else None


def _before(first: str, step: str | None) -> dt.date:
    """The day before the first date, or, of months, the first of the month before."""
    day = dt.date.fromisoformat(first)
    if step != "month":
        return day - dt.timedelta(days=1)
    return (day.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _is_whole(newest: object, unit: str, step: str | None) -> bool:
    """Whether the data end with a calendar period: then it is the last one, however counted."""
    day = dt.date.fromisoformat(str(newest)[:10])
    after = day + dt.timedelta(days=1)
    if step == "month":
        after = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    if unit == "week":
        return after.isoweekday() == 1
    if after.day != 1:
        return False
    return {"month": True, "quarter": after.month % 3 == 1, "year": after.month == 1}[unit]
