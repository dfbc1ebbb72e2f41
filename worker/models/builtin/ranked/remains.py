"""Remains: the words that a candidate leaves over, by the part they play in the question.

How much a word that is left over matters depends on what it says: a number, a name, the name of a
column, what is counted or asked for, or something else. Words are light if they say what a plan
does anyway, or what every row of the table is.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.facts import Tried
from worker.models.builtin.ranked.features import Question, covered
from worker.models.builtin.ranked.mentions import Links, is_glue

#: The parts that words play, the one that matters most first.
KINDS = ("number", "name", "column", "counted", "amount", "asked", "within", "other", "light")
_MOST = 0.6
#: How well a column is linked that is called by its name.
NAMED = 0.8
_NARROWING = frozenset({"at", "by", "for", "from", "in", "on", "under"})
_RANKING = frozenset({"least", "most"})
_ARTICLES = frozenset({"a", "an", "the", "their", "its", "his", "her"})
_PLURALS = frozenset({"children", "men", "people", "women"})
_QUOTES = ('"', "\u201c")


@dataclass(frozen=True)
class Left:
    """A word that a candidate leaves over: as written, its stem, and its kind, one of KINDS.

    `ranked` says that rows are to be ranked by it: "the most reliable".
    """

    text: str
    stem: str
    kind: str
    ranked: bool = False


class Remains:
    """What the candidates for one question leave over."""

    def __init__(self, question: Question) -> None:
        self._question, self._links = question, question.links
        self._noun = counted(question.links)
        self._light = {at for at in question.content if _is_light(question.links, at)}
        self._names = {at for at in question.content if _is_name(question.links, at)}
        self._narrowed = list(_after(question.links, _NARROWING))
        self._ranked = list(_after(question.links, _RANKING))

    def of(self, tried: Tried) -> tuple[Left, ...]:
        """The words of weight that have no part in a plan, in order."""
        links, candidate = self._links, tried.candidate
        amounts, columns = _amounts(links, candidate), _named_columns(links, candidate)
        bound = covered(links, candidate)
        within, ranked = _unbound(self._narrowed, bound), _unbound(self._ranked, bound)
        places = sorted(self._question.content - bound)

        def kind(at: int) -> str:
            if (
                at in self._light
                or _is_done(links, at, candidate)
                or _is_how_many(links, at, tried)
            ):
                return "light"
            if links.tokens[at].number is not None:
                return "number"
            if at in self._names:
                return "name"
            if at in columns:
                return "column"
            if at == self._noun:
                return "counted"
            if at - 1 in amounts:
                return "amount"
            if at in links.asked and (self._noun is None or at < self._noun):
                return "asked"
            return "within" if at in within else "other"

        said = ((at, links.tokens[at]) for at in places)
        return tuple(Left(token.text, token.stem, kind(at), at in ranked) for at, token in said)


def counted(links: Links) -> int | None:
    """The place of what the question counts: "games" of "how many home games were won".

    That is its last word in the plural, so not "drove" of "how many drivers drove a car"; or the
    last of all.
    """
    words, ends = links.words, cues("ends_of_what_is_asked")
    places = list(links.asked) if links.wh == "how many" else []
    for start, pair in enumerate(itertools.pairwise(words), 2):
        if not places and pair == ("number", "of"):
            until = itertools.takewhile(lambda at: words[at] not in ends, range(start, len(words)))
            places = list(until)
    meant = (at for at in places if not _says_little(links, at))
    first = next(meant, None)
    if first is None:
        return None
    rest = range(first, places[-1] + 1)
    phrase = list(itertools.takewhile(lambda at: not _says_little(links, at), rest))
    return next((at for at in reversed(phrase) if _is_plural(words[at])), phrase[-1])


def _is_plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and not word.endswith("ss"))


def used_families(candidate: Candidate) -> set[int]:
    """The families that have a part in a candidate."""
    named = (candidate.target, candidate.measure)
    return candidate.selection.families | {f.index for f in named if f is not None}


def column_stems(links: Links) -> frozenset[str]:
    """The stems of all names of columns."""
    return frozenset(stem for family in links.table.families for stem in family.stems)


def _says_little(links: Links, at: int) -> bool:
    token = links.tokens[at]
    return is_glue(token) or token.number is not None or token.lower in cues("light")


def _is_name(links: Links, at: int) -> bool:
    """Whether a word is a name or in quotes."""
    written = links.tokens[at].text[:1]
    return written in _QUOTES or (at > 0 and written.isupper())


def _after(links: Links, openers: frozenset[str]) -> Iterator[range]:
    """The places of the words of weight that follow one of these: "skiing" of "in the skiing"."""
    for start, word in enumerate(links.words, 1):
        if word in openers:
            rest = itertools.dropwhile(
                lambda at: links.words[at] in _ARTICLES, range(start, len(links.words))
            )
            phrase = list(itertools.takewhile(lambda at: not _says_little(links, at), rest))
            if phrase:
                yield range(phrase[0], phrase[-1] + 1)


def _unbound(phrases: list[range], bound: set[int]) -> set[int]:
    """The places of those of which no word has a part in a plan."""
    return {at for phrase in phrases if not bound & set(phrase) for at in phrase}


def _named_columns(links: Links, candidate: Candidate) -> set[int]:
    """The words that name a column which has no part in a candidate."""
    used = used_families(candidate)
    return {
        at
        for index, link in enumerate(links.columns)
        if index not in used and link.score >= NAMED
        for at in link.tokens
    }


def _is_how_many(links: Links, at: int, tried: Tried) -> bool:
    """Whether a number tells how many answers there are, or how often one occurs."""
    parts, number = tried.candidate.parts, links.tokens[at].number
    told = [parts.get("limit"), *(n for one in parts.get("having", ()) for n in one["values"])]
    if at in links.asked:
        told.append(len(tried.found.answers))
    return number is not None and number in told


def _amounts(links: Links, candidate: Candidate) -> set[int]:
    """The places of numbers that columns are compared with, years and ranks apart."""
    return {
        mention.end - 1
        for mention, option in candidate.uses
        if option.how.startswith("number:")
        and not links.table.families[option.family].year
        and not links.table.families[option.family].ranks
    }


def _in_most_values(links: Links, word: str) -> bool:
    """Whether most values of a column have a word, which so says what rows are: "station"."""
    held = Counter(links.table.values[at][0] for at in links.table.words.get(word, ()))
    return any(
        count > _MOST * max(2, links.table.families[family].shown.distinct)
        for family, count in held.items()
    )


def _is_light(links: Links, at: int) -> bool:
    """Whether any plan may leave a word over: it says little, or what every row is."""
    token = links.tokens[at]
    if token.lower in cues("light") or token.stem in links.table.entity:
        return True
    sense = lexicon().sense([token])
    return (sense is not None and sense.kind == "unit") or _in_most_values(links, token.stem)


def _is_done(links: Links, at: int, candidate: Candidate) -> bool:
    """Whether a plan does what a word says: it counts rows of that name, or takes a difference."""
    token, name = links.tokens[at], links.table.name
    if "difference" in candidate.operation and token.lower == "between":
        return True
    return candidate.operation == "count" and name is not None and token.stem in name.stems
