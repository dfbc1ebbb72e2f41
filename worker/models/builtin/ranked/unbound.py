"""Unbound words: those a plan leaves over although an answer must not pass over them in silence.

Of most words that are left over, the confidence has learned how much they matter. Some kinds
always do: numbers, names, names of columns, rare words for what is asked, and what is counted ("how
many cars", "more than 25 customers"), unless tables with such columns are known to count it: `kin`
has, by the noun's stem, the stems of the columns of tables that people ask so about. Rows are no
answer where a table has quantities.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.facts import Tried
from worker.models.builtin.ranked.features import Question, covered
from worker.models.builtin.ranked.mentions import Links, is_glue
from worker.models.builtin.words import stem

Kin = Mapping[str, frozenset[str]]

_LEAST_KIN = 2
_MOST = 0.6
_NAMED = 0.8
_ARTICLES = frozenset({"the", "a", "an", "one", "once", "1", "his", "her", "their", "its", ""})
_QUOTES = ('"', "\u201c")


def unbound(question: Question, tried: Tried, kin: Kin) -> tuple[str, ...]:
    """The words that have no part in a candidate and must have one, as written."""
    links, candidate = question.links, tried.candidate
    if _only(links) and candidate.operation in {"lookup", "count", "distinct"}:
        return ("only",)
    noun = counted(links)
    if noun is not None and _is_amount(links, noun, candidate):
        return (links.tokens[noun].text,)
    amounts, columns = _amounts(links, candidate), _named_columns(links, candidate)
    return tuple(
        links.tokens[at].text
        for at in sorted(question.content - covered(links, candidate))
        if not _light(links, at, candidate)
        and not _is_how_many(links, at, tried)
        and (
            _is_name(links, at)
            or at in columns
            or (at in links.asked and not question.knows(at))
            or ((at == noun or at - 1 in amounts) and not _is_kin(links, at, kin))
        )
    )


def _is_amount(links: Links, noun: int, candidate: Candidate) -> bool:
    """Whether rows are counted although the table has quantities of what is counted."""
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


def counted(links: Links) -> int | None:
    """The place of what the question counts: "games" of "how many home games were won"."""
    words, ends = links.words, cues("ends_of_what_is_asked")
    places = list(links.asked) if links.wh == "how many" else []
    for start, pair in enumerate(itertools.pairwise(words), 2):
        if not places and pair == ("number", "of"):
            rest = itertools.takewhile(lambda at: words[at] not in ends, range(start, len(words)))
            places = list(rest)
    meant = (at for at in places if not _says_little(links, at))
    first = next(meant, None)
    if first is None:
        return None
    phrase = itertools.takewhile(
        lambda at: not _says_little(links, at), range(first, places[-1] + 1)
    )
    return list(phrase)[-1]


def _says_little(links: Links, at: int) -> bool:
    token = links.tokens[at]
    return is_glue(token) or token.number is not None or token.lower in cues("light")


def column_stems(links: Links) -> frozenset[str]:
    """The stems of all names of columns."""
    return frozenset(stem for family in links.table.families for stem in family.stems)


def _is_name(links: Links, at: int) -> bool:
    """Whether a word is a number, a name or in quotes."""
    token = links.tokens[at]
    written = token.text[:1]
    return token.number is not None or written in _QUOTES or (at > 0 and written.isupper())


def _only(links: Links) -> bool:
    """Whether nothing else is meant: "live only on Dream", but not "the only one"."""
    words = ["", *links.words, ""]
    return any(
        word == "only" and before not in _ARTICLES and after not in _ARTICLES
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
    )


def _named_columns(links: Links, candidate: Candidate) -> set[int]:
    """The words that name a column which has no part in a candidate."""
    used = candidate.selection.families
    used |= {f.index for f in (candidate.target, candidate.measure) if f is not None}
    return {
        at
        for index, link in enumerate(links.columns)
        if index not in used and link.score >= _NAMED
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


def _is_kin(links: Links, at: int, kin: Kin) -> bool:
    columns = kin.get(links.tokens[at].stem, frozenset())
    return len(columns & column_stems(links)) >= _LEAST_KIN


def _in_most_values(links: Links, word: str) -> bool:
    """Whether most values of a column have a word, which so says what rows are: "station"."""
    held = Counter(links.table.values[at][0] for at in links.table.words.get(word, ()))
    return any(
        count > _MOST * max(2, links.table.families[family].shown.distinct)
        for family, count in held.items()
    )


def _light(links: Links, at: int, best: Candidate) -> bool:
    """Whether a word may be left over: it says little, or what the plan does anyway."""
    token, table = links.tokens[at], links.table
    if token.lower in cues("light") or token.stem in table.entity:
        return True
    if "difference" in best.operation and token.lower == "between":
        return True
    if best.operation == "count" and table.name is not None and token.stem in table.name.stems:
        return True
    if _in_most_values(links, token.stem):
        return True
    sense = lexicon().sense([token])
    return sense is not None and sense.kind == "unit"
