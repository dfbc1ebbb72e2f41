"""Persons: whom "who" asks for, and whose age "over 65" is about."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import is_dated
from worker.models.builtin.frame import Frame
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import stem
from worker.query.plan import GroupBy, QueryPlan

_HAVING = frozenset(["has", "had", "have", "made", "did", "was", "is", "handled", "got", "the"])
# What people do for a time, not on a day.
_STATES = frozenset(["work", "works", "worked", "stay", "stayed", "live", "lives", "lived"])
_NAMING = frozenset({"name", "full", "id"})
# Of people who are named by a column, so many of the rows have a name of their own.
_MOSTLY = 0.7


def person_column(vocab: Vocabulary) -> str | None:
    """The one column that names people; None if there is none, or several do."""
    persons = lexicon().persons
    rows = bool(vocab.entity & persons)
    found = [
        column.name
        for column in vocab.of_type("text")
        if (words := vocab.columns[column.name]) <= persons | _NAMING
        and (words & persons or (rows and "name" in words))
    ]
    found = [name for name in found if "id" not in vocab.columns[name]] or found
    unique = [name for name in found if vocab.is_unique(name)]
    chosen = unique if len(unique) == 1 else found
    return chosen[0] if len(chosen) == 1 else None


def names_people(frame: Frame) -> bool:
    """Whether a "who" at the head may ask for the rows, or for who has the most of something."""
    name = person_column(frame.vocab) if frame.words[0] == "who" else None
    ranked = any(b.kind in {"adjective", "most"} for b in frame.reading)
    return name is not None and (_are_rows(frame.vocab, name) or ranked)


def _are_rows(vocab: Vocabulary, name: str) -> bool:
    return vocab.profile.column(name).distinct >= _MOSTLY * vocab.profile.rows


def asked_for(frame: Frame) -> GroupBy | str | None:
    """What a "who" at the head of a question asks for: the rows, or one of the people in them.

    Of people who have several rows each it is only told who has the most of something.
    """
    name = person_column(frame.vocab) if frame.words[0] == "who" else None
    if name is None:
        return None
    if _are_rows(frame.vocab, name):
        frame.mentions.append(name)
        return "rows"
    best = frame.superlative
    verbs = frame.words[1 : best.start] if best is not None else ["of nobody"]
    return GroupBy(column=name) if _HAVING.issuperset(verbs) else None


def asks_for_who_is_named(frame: Frame, plan: QueryPlan) -> bool:
    """Whether the answer would be the one who is named: "Who works with Ada?" is not Ada."""
    named = person_column(frame.vocab) if frame.words[0] == "who" else None
    chosen = any(one.column == named and one.operator == "eq" for one in plan.filters)
    return chosen and bool(set(frame.words[1:2]) - {"is", "was", "are", "were"})


def dates_a_state(frame: Frame, plan: QueryPlan) -> bool:
    """Whether people worked at a time, of whom only a day is known: "employees worked in 2019"."""
    people = bool(frame.vocab.entity & lexicon().persons)
    dated = any(is_dated(frame.vocab, one.column) for one in plan.filters)
    return people and dated and bool(_STATES & set(frame.words))


def age_of(frame: Frame, sign: Binding, number: float) -> str | None:
    """The column of ages, for the 65 of "patients over 65"."""
    ages = [name for name in frame.vocab.numbers if stem("age") in frame.vocab.columns[name]]
    noun = frame.before(sign) if sign.name != "between" else None
    if len(ages) != 1 or noun is None or not _is_person(frame, noun):
        return None
    known = frame.vocab.profile.column(ages[0])
    return ages[0] if known.minimum <= number <= known.maximum else None


def _is_person(frame: Frame, noun: Binding) -> bool:
    persons = lexicon().persons
    said = frame.tokens[noun.end - 1].stem
    named = {word for name in noun.columns for word in frame.vocab.columns[name]}
    sexes = any(stem("sex") in frame.vocab.columns[value.column] for value in noun.values)
    return said in persons or bool(named & persons) or sexes
