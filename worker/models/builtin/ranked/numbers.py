"""Numbers of a question as conditions on the columns whose range they lie in."""

from __future__ import annotations

from worker.models.builtin.ranked.cues import sign_of
from worker.models.builtin.ranked.mentions import Links, Option, add
from worker.query.plan import Filter

_ORDINAL_WORDS = (
    "first", "second", "third", "fourth", "fifth",
    "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_ORDINALS = {word: float(at) for at, word in enumerate(_ORDINAL_WORDS, 1)}
_SMALL = {"one": 1.0, "zero": 0.0, "once": 1.0, "twice": 2.0, "no": 0.0}
_THAN = frozenset({"than", "that", "at", "the", "year", "a", "an", "to", "of", "in"})


def numbers(found: Links, taken: list[bool]) -> None:
    """Numbers as conditions on the number columns whose range they lie in."""
    for at, token in enumerate(found.tokens):
        value = _number(found, at)
        if value is None or taken[at]:
            continue
        sign, start = _sign(found, at)
        options = []
        for family in found.table.families:
            column = family.number
            if column is None or (token.lower in _ORDINALS and not family.ranks):
                continue
            profiled = found.table.profile.column(column)
            if not _within(value, profiled.minimum, profiled.maximum):
                continue
            own = _of_ranks(found, at, sign) if family.ranks else sign
            made = Filter.model_validate({"column": column, "operator": own, "values": [value]})
            near = any(
                other.stem in family.stems for other in found.tokens[max(0, start - 4) : at + 4]
            )
            known = any(top[0] == value for top in profiled.top_values)
            score = 0.5 + 0.3 * near + 0.1 * (known and sign == "eq")
            options.append(Option(family.index, made, f"number:{own}", score))
        if options:
            end = at + 2 if found.words[at + 1 : at + 2] == ["%"] else at + 1
            add(found, taken, start, end, options)


def _of_ranks(found: Links, at: int, sign: str) -> str:
    """The comparison with a rank, of which a lower one is a higher number."""
    after = found.words[at + 1 : at + 3]
    if found.words[at - 1 : at] == ["top"]:
        return "le"
    if after in (["or", "lower"], ["or", "worse"]):
        return "ge"
    return "le" if after in (["or", "higher"], ["or", "better"]) else sign


def _number(found: Links, at: int) -> float | None:
    """The number a word is; "one" only beside the name of a column, or after a sign."""
    token = found.tokens[at]
    if token.number is not None:
        return token.number
    if token.lower in _SMALL:
        beside = {
            t.stem for t in [*found.tokens[max(0, at - 1) : at], *found.tokens[at + 1 : at + 3]]
        }
        named = any(beside & family.stems for family in found.table.families)
        return _SMALL[token.lower] if named or _sign(found, at)[0] != "eq" else None
    return _ORDINALS.get(token.lower)


def _within(value: float, low: object, high: object) -> bool:
    return isinstance(low, int | float) and isinstance(high, int | float) and low <= value <= high


def sign_before(found: Links, at: int) -> str:
    """The comparison that the words before a number make of it; eq for none."""
    return _sign(found, at)[0]


def _sign(found: Links, at: int) -> tuple[str, int]:
    """The comparison that stands before a number, and where it begins."""
    words = found.words
    after = words[at + 1 : at + 3]
    if after[:1] == ["or"] and after[1:] and after[1] in {"more", "higher", "above", "greater"}:
        return "ge", at
    if after[:1] == ["or"] and after[1:] and after[1] in {"less", "fewer", "lower", "below"}:
        return "le", at
    start = at
    while start > 0 and words[start - 1] in _THAN:
        start -= 1
    if start > 0 and sign_of(words[start - 1]):
        sign = sign_of(words[start - 1]) or "eq"
        at_least = words[start - 1] in {"least", "most"}
        if at_least and words[start - 2 : start - 1] != ["at"]:
            return "eq", at
        negated = words[max(0, start - 2)] in {"no", "not"}
        opposite = {"gt": "le", "lt": "ge", "ge": "lt", "le": "gt"}
        return (opposite[sign], start - 2) if negated else (sign, start - 1)
    return "eq", at
