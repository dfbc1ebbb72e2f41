"""Unbound words: those a plan leaves over although no confidence may make up for that.

How much most words matter that are left over, the confidence has learned. These always do: numbers
and names; what is counted ("how many cars", "more than 25 customers") where people are not known to
count it of tables with such columns; words that few ever use, for what is asked or ranked by ("the
most reliable"); what that is narrowed to ("in skiing"), unless the word is known to do no harm;
what something is said to have ("flats with a balcony"), if no word of that has a part; "only"; what
a table has quantities of, because its rows are no answer; and the name of a figure other than that
by which a plan ranks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.facts import Tried
from worker.models.builtin.ranked.features import Question, covered
from worker.models.builtin.ranked.mentions import Links
from worker.models.builtin.ranked.remains import NAMED, Left, counted, used_families
from worker.models.builtin.ranked.usage import Usage
from worker.models.builtin.words import stem

#: As of two columns that go with a word e times as often as by chance.
_LEAST_FIT = 2.0
_SAID_TO_HAVE = frozenset({"asked", "within", "other"})
_HAVING = frozenset({"have", "has", "had", "having", "with", "without", "involve", "involved"})
_ANY = frozenset({"a", "an", "any", "no", "its", "their", "own"})
_ARTICLES = frozenset({"the", "a", "an", "one", "once", "1", "his", "her", "their", "its", ""})


def barred(question: Question, tried: Tried, left: Sequence[Left]) -> tuple[str, ...]:
    """The words of a question, as written, that keep this plan from being an answer."""
    links, candidate = question.links, tried.candidate
    if _only(links) and candidate.operation in {"lookup", "count", "distinct"}:
        return ("only",)
    noun = counted(links)
    if noun is not None and _is_amount(links, noun, tried):
        return (links.tokens[noun].text,)
    other = _other_figure(links, tried)
    if other:
        return other
    bound = covered(links, candidate)
    had = {
        links.words[at] for phrase in _had(links.words) if not bound & set(phrase) for at in phrase
    }
    return tuple(
        one.text
        for one in left
        if one.kind in {"number", "name"} or (one.kind in _SAID_TO_HAVE and one.text.lower() in had)
    )


def foreign(left: Sequence[Left], usage: Usage, columns: frozenset[str]) -> tuple[str, ...]:
    """The words, as written, for what tables with such columns are not known to be asked for.

    Of what is asked and not counted, of what rows are to be ranked by, and of how something is done
    only words that hardly anybody uses are foreign; of what that is narrowed to ("in skiing") those
    not known to be harmless.
    """
    return tuple(
        one.text
        for one in left
        if _is_weighty(one, usage) and usage.fit(one.stem, columns) < _LEAST_FIT
    )


def _is_weighty(one: Left, usage: Usage) -> bool:
    if one.kind == "within":
        return usage.harmful(one.stem)
    how = one.kind == "other" and one.text.endswith("ly")  # "that work remotely"
    rarely = one.kind == "asked" or how or (one.ranked and one.kind != "light")
    return one.kind in {"counted", "amount"} or (rarely and usage.rare(one.stem))


def _is_amount(links: Links, noun: int, tried: Tried) -> bool:
    """Whether rows are counted although the table has quantities of what is counted."""
    candidate = tried.candidate
    value = any(noun in range(mention.start, mention.end) for mention, _ in candidate.uses)
    quantity = lexicon().canon(stem("quantity"))
    return (
        candidate.operation == "count"
        and value
        and any(
            family.numeric and not family.ranks and quantity in family.stems
            for family in links.table.families
        )
    )


def _other_figure(links: Links, tried: Tried) -> tuple[str, ...]:
    """The words of a figure that is asked for by its name: "bronze", where totals rank."""
    candidate = tried.candidate
    measure, used = candidate.measure, used_families(candidate)
    if measure is None or links.columns[measure.index].score >= NAMED:
        return ()
    bound = covered(links, candidate)
    return tuple(
        links.tokens[at].text
        for index, link in enumerate(links.columns)
        if index not in used
        and link.score >= NAMED
        and not bound & set(link.tokens)
        and links.table.families[index].numeric
        for at in sorted(link.tokens)
    )


def _had(words: Sequence[str]) -> Iterator[range]:
    """The places of what something is said to have: "a balcony"; but not "has won", a tense."""
    ends = cues("ends_of_what_is_asked") | {"and", "or"}
    for start, word in enumerate(words, 1):
        if word not in _HAVING:
            continue
        rest = list(itertools.dropwhile(_ANY.__contains__, words[start:]))
        is_said = len(rest) < len(words) - start
        phrase = list(itertools.takewhile(lambda one: one not in ends, rest))
        if phrase and (is_said or phrase[-1].endswith("s")):
            first = len(words) - len(rest)
            yield range(first, first + len(phrase))


def _only(links: Links) -> bool:
    """Whether nothing else is meant: "live only on Dream", but not "the only one"."""
    words = ["", *links.words, ""]
    return any(
        word == "only" and before not in _ARTICLES and after not in _ARTICLES
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
    )
