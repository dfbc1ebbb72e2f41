"""Selections: the sets of rows that the mentions of a question may restrict it to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.mentions import Links, Mention, Option
from worker.query.plan import Filter

_MOST = 12
_MOST_MENTIONS = 5
_COLUMN_WEIGHT = 0.4
_OPPOSITE = {"eq": "ne", "in": "not_in", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt"}
_JOINABLE = frozenset({"eq", "in"})

Use = tuple[Mention, Option]


@dataclass(frozen=True)
class Selection:
    """Filters, and the mentions they come from; `joined` says that some are alternatives."""

    uses: tuple[Use, ...]
    filters: tuple[Filter, ...]
    joined: bool = False
    negated: bool = False

    @property
    def families(self) -> set[int]:
        """The families it restricts."""
        return {option.family for _, option in self.uses}


def ranked_options(links: Links, mention: Mention) -> list[Option]:
    """What a mention may mean, best first: a family that is named too is likelier."""
    return sorted(
        mention.options,
        key=lambda o: -(o.score + _COLUMN_WEIGHT * links.columns[o.family].score),
    )


def selections(links: Links) -> list[Selection]:
    """The likely selections: all mentions, all but one, single ones, other meanings, none."""
    found: dict[str, Selection] = {}
    for uses in _choices(links):
        for selection in _of(links, uses):
            found.setdefault(repr(selection.filters), selection)
            if len(found) >= _MOST:
                return list(found.values())
    return list(found.values())


def _choices(links: Links) -> Iterator[tuple[Use, ...]]:
    mentions = links.mentions[:_MOST_MENTIONS]
    options = [ranked_options(links, mention) for mention in mentions]
    best = tuple((m, own[0]) for m, own in zip(mentions, options, strict=True))
    yield best
    for at, mention in enumerate(mentions):
        for other in options[at][1:3]:
            yield (*best[:at], (mention, other), *best[at + 1 :])
    yield ()
    if len(best) > 1:
        yield from (best[:at] + best[at + 1 :] for at in range(len(best)))
    if len(best) > 2:
        yield from ((use,) for use in best)


def _of(links: Links, uses: tuple[Use, ...]) -> Iterator[Selection]:
    filters, joined = _joined(uses)
    yield Selection(uses, filters, joined=joined)
    words = links.words
    negation = next(
        (at for at, w in enumerate(words) if w in cues("negations") or _other_than(words, at)), None
    )
    if negation is None:
        return
    for at, (mention, option) in enumerate(uses):
        if mention.start >= negation:
            changed = _opposite(option.filter)
            rest = [own for i, (_, o) in enumerate(uses) for own in [o.filter] if i != at]
            yield Selection(uses, (*rest, changed), negated=True)


def _other_than(words: list[str], at: int) -> bool:
    return words[at : at + 2] == ["other", "than"]


def _opposite(one: Filter) -> Filter:
    operator = _OPPOSITE.get(one.operator)
    return one.model_copy(update={"operator": operator} if operator else {"negated": True})


def _joined(uses: tuple[Use, ...]) -> tuple[tuple[Filter, ...], bool]:
    """The filters; values of one column are alternatives."""
    by_column: dict[str, list[Filter]] = {}
    for _, option in uses:
        by_column.setdefault(option.filter.column, []).append(option.filter)
    result: list[Filter] = []
    joined = False
    for column, filters in by_column.items():
        plain = len(filters) > 1 and all(
            f.operator in _JOINABLE and f.part is None for f in filters
        )
        if plain:
            values = list(dict.fromkeys(value for f in filters for value in f.values))
            result.append(Filter(column=column, operator="in", values=values))
            joined = True
        else:
            result.extend(filters)
    return tuple(result), joined
