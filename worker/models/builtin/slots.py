"""Slots: one reading's bindings put where the grammar looks for them.

Conditions come first, since they use up columns that would otherwise be taken as what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from worker.models.builtin.alternatives import alternatives
from worker.models.builtin.averages import averages
from worker.models.builtin.binding import Binding, Reading
from worker.models.builtin.both_ends import both_ends
from worker.models.builtin.columns_left import columns_left
from worker.models.builtin.conditions import conditions
from worker.models.builtin.dating import is_dated, participles, spoken_of
from worker.models.builtin.frame import Abstention, Frame, narrowed, unclear
from worker.models.builtin.kept import kept
from worker.models.builtin.lexicon import Sense, lexicon
from worker.models.builtin.persons import names_people
from worker.models.builtin.selection import times, values
from worker.models.builtin.settling import settle
from worker.models.builtin.sizes import sizes, steps_of
from worker.models.builtin.targets import is_key, target
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token, stem
from worker.query.plan import Filter, GroupBy

_PERSON_OR_PLACE = {"who", "whom", "whose", "where"}
_LINKS = {"and", "&", ","}
# What follows a "longer than" and is no side to compare with.
_NO_SIDE = {"bucket", "entity", "column"}
_MAX_GROUPS = 40


def fill(tokens: list[Token], reading: Reading, vocab: Vocabulary) -> Frame:
    """The frame of one reading; raises Abstention when some word of it has no place."""
    frame = Frame(spoken_of(reading, vocab), tokens, reading)
    _refuse(frame)
    settle(frame)
    both_ends(frame)
    passes: tuple[Callable[[Frame], None], ...] = (
        sizes,
        averages,
        kept,
        conditions,
        _superlative,
        times,
        participles,
        target,
        _groups,
        values,
        columns_left,
        alternatives,
        _comparative,
    )
    for fill_some in passes:
        fill_some(frame)
    day = isinstance(frame.target, GroupBy) and is_dated(frame.vocab, frame.target.column)
    if frame.words[0] == "who" and (day or (frame.target is None and not _who_does(frame))):
        raise Abstention("No column says “who”.", bound=frame.weight)
    frame.functions = list(dict.fromkeys(b.name for b in frame.free("function")))
    if frame.percent is not None:
        frame.functions.append("percentile")
    return frame


def _refuse(frame: Frame) -> None:
    refusals = frame.all("refusal")
    if refusals:
        raise Abstention(lexicon().refusals[refusals[0].name], bound=frame.weight, final=True)
    unbound = frame.unbound
    if unbound:
        words = " and ".join(f"“{word}”" for word in unbound[:3])
        raise Abstention(
            f"I found nothing called {words} in {frame.vocab.profile.title}.", bound=frame.weight
        )
    _refuse_title(frame)
    asked = _person_or_place(frame)
    if asked is not None and not (_who_does(frame) or (asked == "who" and names_people(frame))):
        raise Abstention(f"No column says “{asked}”.", bound=frame.weight)


def _refuse_title(frame: Frame) -> None:
    """Refuse to count rows for a word of the table's name: there are no "bikes" in "Bike trips"."""
    for count in frame.all("count"):
        noun = frame.at(count.end)
        if noun is None or noun.kind != "title":
            continue
        after = frame.after(noun)
        if after is None or after.start != noun.end or not frame.is_rows(after):
            raise Abstention(f"I can't count “{noun.said}”.", bound=frame.weight)


def _person_or_place(frame: Frame) -> str | None:
    """A "who" or "where" that asks, not one that goes on from a noun: "days where"."""
    for at, word in enumerate(frame.words):
        if word in _PERSON_OR_PLACE:
            noun = frame.before(Binding(at, at + 1, "filler", word))
            if noun is None or noun.kind not in {"column", "value", "entity", "bucket", "title"}:
                return word
    return None


def _who_does(frame: Frame) -> bool:
    """Whether "who" asks for those that a column names, by what they do or are.

    "Who directed Ember", "who was the most expensive player".
    """
    best = next((b for b in frame.reading if b.kind in {"adjective", "most"}), None)
    named = frame.after(best) if best is not None else None
    if frame.words[0] == "who" and named is not None and is_key(frame, named):
        names = frame.vocab.of_type("text")
        rows = named.kind == "entity" and any(frame.vocab.is_unique(one.name) for one in names)
        return rows or named.kind == "column"
    first = frame.after(Binding(0, 1, "filler", frame.words[0]))
    if frame.words[0] != "who" or first is None or first.kind != "column":
        return False
    name = first.columns[0].lower()
    return (
        len(first.columns) == 1
        and stem(first.said.lower()) != stem(name)
        and name[-2:] in {"or", "er"}
    )


def _superlative(frame: Frame) -> None:
    """What ranks: "most", "hottest"; with "top 5 by highest X" the word that names more wins."""
    ranked = [*frame.free("adjective"), *frame.free("most"), *_than_another(frame)]
    if not ranked:
        return
    named = [b for b in ranked if b.name not in {"top", "bottom"}] or ranked
    frame.superlative = named[0]
    frame.use(named[0], *[b for b in ranked if b.name in {"top", "bottom"}])


def _than_another(frame: Frame) -> list[Binding]:
    """A "higher than" that is not followed by a number but by something else to compare with."""
    found = []
    for sign in frame.free("comparator"):
        other = frame.after(sign)
        if other is None or other.kind not in {"value", "time"}:
            continue
        if sign.said.lower().endswith(" than") and sign.name in {"gt", "lt"}:
            frame.use(sign)
            sense = Sense("most", "high" if sign.name == "gt" else "low")
            found.append(replace(sign, kind="most", sense=sense))
    return found


def _groups(frame: Frame) -> None:
    every = frame.all("every")
    for binding in every:
        vague = binding.name == "month"  # "trend", "over time": any named period says it better
        named = any(other.name != "month" for other in every)
        if vague and (named or frame.has("group")):
            pass
        elif binding.name == "month" or frame.grain != binding.name:
            _add_group(frame, binding)
        frame.use(binding)
    for by in frame.all("group"):
        key = _after_by(frame, by)
        if key is not None and _is_agent(frame, by, key):
            frame.use(key)
            continue
        chosen = key is not None and key in frame.used and key.kind == "column"
        if chosen and key is not None and frame.vocab.numbers.intersection(key.columns):
            _add_group(frame, key)  # "by age over 60"
        while key and key.kind in {"column", "bucket", "entity"} and key not in frame.used:
            if not _group_by(frame, key, by):
                break
            follows = _past_its_date(frame, key)
            linked = follows and frame.words_between(key, follows) & _LINKS
            if not (linked and is_key(frame, follows)):
                break
            key = follows


def _past_its_date(frame: Frame, key: Binding) -> Binding | None:
    """What follows on a key; "release" of "by year of release" only says of what the year is."""
    follows = frame.after(key)
    dated = follows is not None and follows.kind == "column" and key.kind == "bucket"
    of = dated and follows is not None and frame.words_between(key, follows) <= {"of", "the"}
    if of and follows is not None and is_dated(frame.vocab, follows.columns[0]):
        frame.use(follows)
        return frame.after(follows)
    return follows


def _is_agent(frame: Frame, by: Binding, key: Binding) -> bool:
    """Whether "by" names who did it: "loans by borrowers older than 60" are of no groups."""
    said = key.said.lower()
    if by.said.lower() != "by" or key.kind != "column" or not said.endswith("s"):
        return False
    follows = frame.after(key)
    if follows is None or set(key.columns) & frame.vocab.numbers:
        return False
    chosen = frame.words_between(key, follows) & {"with", "who", "that", "whose", "aged"}
    return bool(chosen) or follows.kind in {"adjective", "comparator"}


def _after_by(frame: Frame, by: Binding) -> Binding | None:
    """What stands after "by"; "number of bedrooms" is a column of such numbers."""
    key = frame.after(by, "group", "distinct")
    named = frame.after(key) if key is not None and key.kind == "count" else None
    beside = key is not None and named is not None and named.start == key.end
    numbers = frame.vocab.numbers.intersection(named.columns if named is not None else ())
    if beside and named is not None and numbers:
        frame.use(key)
        return named
    return key


def _group_by(frame: Frame, key: Binding, by: Binding) -> bool:
    """Take `key` as a group; "most by precipitation" ranks instead, "per day" of a day is a row."""
    if frame.is_rows(key) and key.kind != "column" and frame.grain != "month":
        if by.said.lower() == "by" and frame.has("function"):
            return False  # "average length by river" is not that of all rivers
        frame.use(key)
        frame.each_row = True
        return False
    period = frame.at(key.end)
    dated = key.kind == "column" and all(is_dated(frame.vocab, one) for one in key.columns)
    if dated and period is not None and period.kind == "bucket":
        frame.use(key)  # "by release year"
        _add_group(frame, period)
        return True
    columns = narrowed(frame, key, set()) if key.kind == "column" else ()
    if len(columns) > 1:
        raise unclear(frame, key, columns)
    year = frame.vocab.year_column
    if columns and frame.vocab.is_number(columns[0]) and (year is None or columns[0] != year.name):
        if by.said.lower() == "per":
            words = [*frame.words[: by.start], "by", *frame.words[by.end :]]
            reason = f"I can't divide by “{columns[0]}”, only group by its values."
            raise Abstention(reason, (" ".join(words),), frame.weight)
        ranks = frame.superlative is not None or by.said.lower() != "by"
        if ranks or frame.has("compare"):
            return False
        if frame.vocab.profile.column(columns[0]).distinct > _MAX_GROUPS:
            _add_steps(frame, key, columns[0])
            return True
    _add_group(frame, key)
    return True


def _add_steps(frame: Frame, key: Binding, column: str) -> None:
    """Group by steps of a number that has too many values."""
    frame.use(key)
    frame.groups.append(GroupBy.model_validate({"column": column, **steps_of(frame)}))
    frame.select(key, Filter(column=column, operator="not_null"))


def _add_group(frame: Frame, binding: Binding) -> None:
    key = frame.key(binding)
    if key is None and frame.vocab.dates:
        names = tuple(column.name for column in frame.vocab.dates)
        raise unclear(frame, binding, names, keep=True)
    if key is None:
        raise Abstention(
            f"{frame.vocab.profile.title} has no dates to group by {binding.said}.",
            bound=frame.weight,
        )
    frame.use(binding)
    if key not in frame.groups and key != frame.target:
        frame.groups.append(key)


def _comparative(frame: Frame) -> None:
    """Refuse "wetter" without two sides to compare."""
    best = frame.superlative
    if best is None or not _is_comparative(best):
        return
    other = frame.after(best)
    than = other is not None and "than" in frame.words_between(best, other)
    alone = not frame.groups and frame.compare is None and frame.target in {None, "rows"}
    if alone or (than and other is not None and other.kind in _NO_SIDE):
        raise Abstention(f"I can't tell what is to be {best.said}, and than what.", bound=1)


def _is_comparative(best: Binding) -> bool:
    first = best.said.lower().split()[0]
    return first.endswith("er") or first in {"more", "less"}
