"""Links: the values, numbers, dates and columns that the words of a question may mean."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.cues import cues, outcome_of
from worker.models.builtin.ranked.mentions import ColumnLink, Links, Option, add, is_glue
from worker.models.builtin.ranked.numbers import numbers, sign_before
from worker.models.builtin.ranked.table import Entry, Family, WordTable, read
from worker.models.builtin.time_reader import read_times
from worker.models.builtin.words import Token
from worker.query.plan import Filter

_DECADES = range(1700, 2100, 10)
_LONGEST = 10
_LONGEST_INSIDE = 5
_FEW = 0.8
_FUZZY_LETTERS = 5
_FUZZY_SCORE = 86.0


def link(question: str, table: WordTable) -> Links:
    """What a question mentions."""
    found = Links(table, read(question))
    taken = [False] * len(found.tokens)
    _decades(found, taken)
    _whole(found, taken)
    _outcomes(found, taken)
    _times(found, taken)
    _inside(found, taken)
    _nearly_inside(found, taken)
    numbers(found, taken)
    found.mentions.sort(key=lambda mention: mention.start)
    solid = {
        at
        for m in found.mentions
        if m.end - m.start > 1 and m.options[0].how in {"whole", "trimmed"}
        for at in range(m.start, m.end)
    }
    found.columns = [_column(found.tokens, family, solid) for family in table.families]
    _target(found)
    return found


def _whole(found: Links, taken: list[bool]) -> None:
    """Spans that are a value, or a part of one that stands for itself."""
    for length in range(min(_LONGEST, len(found.tokens)), 0, -1):
        for start in range(len(found.tokens) - length + 1):
            span = found.tokens[start : start + length]
            if any(taken[start : start + length]) or (length == 1 and is_glue(span[0])):
                continue
            if span[0].number is not None and sign_before(found, start) != "eq":
                continue
            entries = found.table.phrases.get(tuple(t.stem for t in span), [])
            if entries and not all(is_glue(t) for t in span):
                add(found, taken, start, start + length, [_of_entry(found, e) for e in entries])


def _outcomes(found: Links, taken: list[bool]) -> None:
    """Words such as "lost" against columns of results: "L", "Loss", "L 24-27"."""
    for at, token in enumerate(found.tokens):
        outcome = outcome_of(token.lower)
        if outcome is None or taken[at]:
            continue
        options = []
        for family in found.table.families:
            values = found.table.outcomes.get(family.index, {}).get(outcome)
            if values:
                operator = "eq" if len(values) == 1 else "in"
                made = Filter.model_validate(
                    {"column": family.shown.name, "operator": operator, "values": values}
                )
                options.append(Option(family.index, made, "outcome", 0.8))
        if options:
            add(found, taken, at, at + 1, options)


def _of_entry(found: Links, entry: Entry) -> Option:
    column = found.table.families[entry.family].shown
    if entry.how == "whole":
        made = Filter(column=column.name, operator="eq", values=[entry.value])
        return Option(entry.family, made, "whole", 1.0)
    made = Filter(column=column.name, operator="contains", values=[entry.value])
    return Option(entry.family, made, entry.how, 0.95 if entry.how == "trimmed" else 0.85)


def _decades(found: Links, taken: list[bool]) -> None:
    """Decades such as "the 1990s" against columns of years and of dates."""
    for at, token in enumerate(found.tokens[:-1]):
        decade = token.number is not None and token.number in _DECADES
        if not decade or found.words[at + 1] != "s":
            continue
        first = int(token.number or 0)
        options = []
        for family in found.table.families:
            column = family.number if family.year else family.date
            if column is None:
                continue
            part = {} if family.year else {"part": "year"}
            made = Filter.model_validate(
                {"column": column, "operator": "between", "values": [first, first + 9], **part}
            )
            options.append(Option(family.index, made, "time:decade", 0.9))
        if options:
            add(found, taken, at, at + 2, options)


def _times(found: Links, taken: list[bool]) -> None:
    """Dates and years against date columns and columns of years."""
    dated = [f for f in found.table.families if f.date]
    years = [f for f in found.table.families if f.year and f.number]
    for start, end, time in read_times(found.tokens):
        if any(taken[start:end]):
            continue
        options = []
        for family in dated:
            made = time.filters(family.date or "")
            if made and len(made) == 1:
                options.append(Option(family.index, made[0], f"time:{time.relation}", 0.9))
        plain = [p.year for p in time.points if p.shape == (True, False, False, False, False)]
        if len(plain) == len(time.points):
            operator = time.relation if time.relation != "eq" or len(plain) == 1 else "in"
            for family in years:
                made_ = Filter.model_validate(
                    {"column": family.number, "operator": operator, "values": plain}
                )
                options.append(Option(family.index, made_, f"time:{time.relation}", 0.95))
            options += _inside_options(found, start, end) if len(plain) == 1 else []
        if not options:
            options = _inside_options(found, start, end)
        if options:
            add(found, taken, start, end, options)


def _inside(found: Links, taken: list[bool]) -> None:
    """Spans that stand inside values."""
    for length in range(min(_LONGEST_INSIDE, len(found.tokens)), 0, -1):
        for start in range(len(found.tokens) - length + 1):
            span = found.tokens[start : start + length]
            if any(taken[start : start + length]) or is_glue(span[0]) or is_glue(span[-1]):
                continue
            number = span[0].number is not None
            if number and (length == 1 or sign_before(found, start) != "eq"):
                continue
            options = _inside_options(found, start, start + length)
            if options:
                add(found, taken, start, start + length, options)


def _nearly_inside(found: Links, taken: list[bool]) -> None:
    """Words that are nearly one of a value; none that says how to compare."""
    for at, token in enumerate(found.tokens):
        if taken[at] or is_glue(token) or len(token.lower) < _FUZZY_LETTERS or token.number:
            continue
        if token.lower in cues("operations") or token.lower in cues("superlatives"):
            continue
        near = process.extractOne(
            token.stem, found.table.words.keys(), scorer=fuzz.ratio, score_cutoff=_FUZZY_SCORE
        )
        if near and near[0][0] == token.stem[0]:
            options = _holding(found, (near[0],), "fuzzy", 0.5)
            if options:
                add(found, taken, at, at + 1, options)


def _inside_options(found: Links, start: int, end: int) -> list[Option]:
    words = [t for t in found.tokens[start:end] if t.lower not in {"st", "nd", "rd", "th"}]
    while words and is_glue(words[0]):
        words.pop(0)
    stems = tuple(t.stem for t in words)
    return _holding(found, stems, "inside", 0.7)


def _holding(found: Links, stems: tuple[str, ...], how: str, score: float) -> list[Option]:
    """Filters for the values that have these stems in a row; nothing that most rows have."""
    table = found.table
    holders = set(table.words.get(stems[0], ())) if stems else set()
    for stem in stems[1:]:
        holders &= set(table.words.get(stem, ()))
    by_family: dict[int, list[str]] = {}
    for at in holders:
        family, value, own = table.values[at]
        size = len(stems)
        if any(own[i : i + size] == stems for i in range(len(own) - size + 1)):
            by_family.setdefault(family, []).append(value)
    options = []
    for family, values in by_family.items():
        column = table.families[family].shown
        if len(values) > max(2.0, _FEW * column.distinct):
            continue
        operator = "eq" if len(values) == 1 else "in"
        made = Filter.model_validate(
            {"column": column.name, "operator": operator, "values": sorted(values)[:1000]}
        )
        options.append(Option(family, made, how, score))
    return options


def _column(tokens: list[Token], family: Family, solid: set[int]) -> ColumnLink:
    """How well a family is named: the share of its words that are said, more for two than one."""
    if not family.stems:
        return ColumnLink(0.0, frozenset())
    canon = lexicon().canon
    said: set[str] = set()
    places: set[int] = set()
    beside: set[int] = set()
    for at, token in enumerate(tokens):
        if at in solid or (is_glue(token) and token.lower not in family.words):
            continue
        own = canon(token.stem)
        hit = own if own in family.stems else _nearly(own, family.stems)
        if hit:
            said.add(hit)
            places.add(at)
        elif own in family.beside:
            beside.add(at)
    share = len(said) / len(family.stems)
    if said:
        places |= beside
    return ColumnLink(share * (0.6 + 0.4 * min(1.0, len(said) / 2)), frozenset(places))


def _nearly(stem: str, stems: frozenset[str]) -> str | None:
    if len(stem) < _FUZZY_LETTERS:
        return None
    for other in stems:
        long_enough = len(other) >= _FUZZY_LETTERS
        if long_enough and fuzz.ratio(stem, other, score_cutoff=_FUZZY_SCORE):
            return other
    return None


def _target(found: Links) -> None:
    """The words that say what is asked for: those after "which" up to a verb."""
    words = found.words
    at = next((i for i, word in enumerate(words) if word in cues("asking")), None)
    if at is None:
        return
    found.wh = words[at]
    if words[at] == "how" and at + 1 < len(words):
        found.wh = f"how {words[at + 1]}"
        at += 1
    start = at + 1
    while start < len(words) and words[start] in {"is", "are", "was", "were", "the", "of", "a"}:
        start += 1
    end = start
    while end < len(words) and words[end] not in cues("ends_of_what_is_asked"):
        end += 1
    found.asked = range(start, min(end, start + 5))
