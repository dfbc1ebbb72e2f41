"""Reads the dates, months, seasons and weekdays that a question names."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.times import Point, Time
from worker.models.builtin.words import Token, stem
from worker.query.cells import DAYS, MONTHS

_MONTH_OF = {name.lower(): n for n, name in enumerate(MONTHS, 1)}
_MONTH_OF |= {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)} | {"sept": 9}
_WEEKDAY_OF = {stem(name.lower()): n for n, name in enumerate(DAYS, 1)}
_SEASONS = {
    "winter": (12, 1, 2),
    "spring": (3, 4, 5),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
    "fall": (9, 10, 11),
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_ORDINAL_ENDINGS = {"st", "nd", "rd", "th"}
_RELATIONS = {
    "after": "gt",
    "since": "ge",
    "starting": "ge",
    "before": "lt",
    "until": "le",
    "till": "le",
    "through": "le",
}
_TO = {"and", "to", "until", "till", "through"}
_WINDOWS = {"day", "week", "month", "quarter", "year", "hour"}
# After these the last one is one of several: "the last month with snow", "the last day of each".
_ONE_OF_MANY = {"with", "that", "when", "of", "where", "in"}
_FIRST_YEAR, _LAST_YEAR = 1000, 2199
# A number after one of these is an amount, not a year: "more than 2000".
_AMOUNTS = {"than", "over", "above", "below", "under", "least", "most", "top", "exceeding", "$"}
_SEASON_BEFORE = {"in", "during", "the", "of", "every", "each", "and", "or", "vs", "by", "per"}
_MAX_DAY = 31
_YEAR = re.compile(r"(?:1\d|20|21)\d\d")
_LINKS = {"and", "or", "vs", "versus", "than"}
_PREPOSITIONS = {"in", "on", "during"}


class _Reader:
    """Reads times off a list of tokens, from left to right."""

    def __init__(self, tokens: list[Token], *, windows: bool) -> None:
        self.tokens = tokens
        self.windows = windows
        # "The difference between 2012 and 2015" is of the two, not of what lies between them.
        self.compares = any(token.stem in {"differ", "compar"} for token in tokens)

    def word(self, at: int) -> str:
        return self.tokens[at].lower if 0 <= at < len(self.tokens) else ""

    def year(self, at: int) -> int | None:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.number is None or len(token.text) != len("2014"):
            return None
        if self.measured(at) or (self.word(at - 1) in _AMOUNTS and not self.sides(at)):
            return None
        value = int(token.number)
        return value if _FIRST_YEAR <= value <= _LAST_YEAR else None

    def sides(self, at: int) -> bool:
        """Whether a number after "than" is set against a year: "was 2014 wetter than 2013"."""
        others = [t.text for i, t in enumerate(self.tokens) if i != at and t.number is not None]
        return self.word(at - 1) == "than" and any(_YEAR.fullmatch(text) for text in others)

    def measured(self, at: int) -> bool:
        """Whether the number at `at` has a unit, itself or as the low end of a range."""
        if self.word(at + 1) in {"and", "to"} and at + 2 < len(self.tokens):
            return self.tokens[at + 2].number is not None and self.measured(at + 2)
        sense = lexicon().sense(self.tokens[at + 1 : at + 2])
        return sense is not None and sense.kind == "unit"

    def day(self, at: int) -> tuple[int, int] | None:
        """A day of the month and the index after it ("4", "4th", "the 4th of")."""
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.number is None or not 1 <= token.number <= _MAX_DAY:
            return None
        after = at + 1 + (self.word(at + 1) in _ORDINAL_ENDINGS)
        return int(token.number), after

    def point(self, at: int) -> tuple[Point, int] | None:
        """The time that starts at token `at`, and the index after it."""
        for read in (self.iso, self.month_first, self.day_first, self.season, self.other):
            found = read(at)
            if found:
                return found
        year = self.year(at)
        return (Point(year=year), at + 1) if year else None

    def iso(self, at: int) -> tuple[Point, int] | None:
        word = self.word(at)
        try:
            date = dt.date.fromisoformat(word[: len("2014-07-04")]) if "-" in word else None
        except ValueError:
            return None
        return (Point(date.year, (date.month,), date.day), at + 1) if date else None

    def with_year(self, point: Point, at: int) -> tuple[Point, int]:
        skip = at + (self.word(at) in {"of", "in"})
        year = self.year(skip)
        return (replace(point, year=year), skip + 1) if year else (point, at)

    def month_first(self, at: int) -> tuple[Point, int] | None:
        month = _MONTH_OF.get(self.word(at))
        if month is None:
            return None
        day = self.day(at + 1)
        if day:
            return self.with_year(Point(months=(month,), day=day[0]), day[1])
        return self.with_year(Point(months=(month,)), at + 1)

    def day_first(self, at: int) -> tuple[Point, int] | None:
        day = self.day(at)
        if day is None:
            return None
        after = day[1] + (self.word(day[1]) == "of")
        month = _MONTH_OF.get(self.word(after))
        if month is None:
            return None
        return self.with_year(Point(months=(month,), day=day[0]), after + 1)

    def season(self, at: int) -> tuple[Point, int] | None:
        word = self.word(at)
        months = _SEASONS.get(word) or _SEASONS.get(word.removesuffix("s"))
        if months is None or (word == "fall" and self.word(at - 1) not in _SEASON_BEFORE):
            return None
        return self.with_year(Point(months=months), at + 1)

    def other(self, at: int) -> tuple[Point, int] | None:
        word = self.word(at)
        if word in {"weekend", "weekends"}:
            return Point(weekdays=(6, 7)), at + 1
        if stem(word) in _WEEKDAY_OF:
            return self.with_year(Point(weekdays=(_WEEKDAY_OF[stem(word)],)), at + 1)
        if len(word) == len("q1") and word[0] == "q" and word[1] in "1234":
            return self.with_year(Point(quarter=int(word[1])), at + 1)
        if word in _ORDINALS and self.word(at + 1) == "quarter":
            return self.with_year(Point(quarter=_ORDINALS[word]), at + 2)
        return None

    def last(self, at: int) -> tuple[Time, int] | None:
        """The window of "last 30 days", "past two weeks", "last quarter"."""
        if not self.windows or self.word(at) not in {"last", "past"}:
            return None
        number = self.tokens[at + 1].number if at + 1 < len(self.tokens) else None
        unit = at + 1 + (number is not None)
        named = self.word(unit).removesuffix("s")
        if named not in _WINDOWS or (number is not None and not number.is_integer()):
            return None
        if number is None and (self.word(unit).endswith("s") or named in {"day", "hour"}
                               or self.word(unit + 1) in _ONE_OF_MANY):  # fmt: skip
            return None
        return Time((), "last", (int(number or 1), named), open=number is None), unit + 1

    def days_between(self, at: int) -> tuple[Time, int] | None:
        """The days of "between 15 and 30 June 2023": the first has the month of the second."""
        low = self.day(at + 1)
        if low is None or self.word(low[1]) not in _TO:
            return None
        high = self.day_first(low[1] + 1)
        if high is None:
            return None
        return Time((replace(high[0], day=low[0]), high[0]), "between"), high[1]

    def points(self, at: int) -> tuple[tuple[Point, ...], int] | None:
        """A list of times of one shape: "2012, 2013 and 2014"."""
        head = self.point(at)
        if head is None:
            return None
        found, end = [head[0]], head[1]
        while True:
            linked = self.word(end) in _LINKS
            skip = end + linked
            skip += linked and self.word(skip) in _PREPOSITIONS
            more = self.point(skip)
            if more is None or more[0].shape[1:] != head[0].shape[1:]:
                return _share_year(found), end
            found.append(more[0])
            end = more[1]

    def read(self, at: int) -> tuple[Time, int] | None:
        """The time that starts at token `at` with its preposition, and the index after it."""
        word = self.word(at)
        if word == "between" and self.compares:
            listed = self.points(at + 1)
            return (Time(listed[0]), listed[1]) if listed else None
        window = self.last(at) or (self.days_between(at) if word in {"between", "from"} else None)
        if window:
            return window
        if word in {"between", "from"}:
            low = self.point(at + 1)
            if low and self.word(low[1]) in _TO:
                high = self.point(low[1] + 1)
                if high:
                    return Time((low[0], high[0]), "between"), high[1]
        relation = _RELATIONS.get(word)
        if relation:
            one = self.point(at + 1)
            return (Time((one[0],), relation), one[1]) if one else None
        if word == "from":
            one = self.point(at + 1)
            onward = one and self.word(one[1]) in {"on", "onward", "onwards"}
            return (Time((one[0],), "ge"), one[1] + 1) if one and onward else None
        several = self.points(at)
        if several is None:
            return None
        points, end = several
        high = self.point(end + 1) if self.word(end) in {"to", "through", "-"} else None
        if len(points) == 1 and high:
            return Time((points[0], high[0]), "between"), high[1]
        return Time(points), end


def _share_year(points: list[Point]) -> tuple[Point, ...]:
    """The points of "July and August 2014": the last one's year stands for all without one."""
    return tuple(replace(p, year=points[-1].year) if p.year is None else p for p in points)


def read_times(tokens: list[Token], *, windows: bool = False) -> list[tuple[int, int, Time]]:
    """Every time the question names, as (start, end, time), from left to right.

    With `windows`, also spans that end with the data: "the last 30 days".
    """
    reader = _Reader(tokens, windows=windows)
    found: list[tuple[int, int, Time]] = []
    at = 0
    while at < len(tokens):
        read = reader.read(at)
        if read:
            found.append((at, read[1], read[0]))
            at = read[1]
        else:
            at += 1
    return found
