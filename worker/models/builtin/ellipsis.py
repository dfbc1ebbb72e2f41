"""Ellipsis: "max and min temperature" spelled out as "max temperature and min temperature".

So is "unpaid", as "not paid", where the table knows no other "unpaid"; and "departure" is the
"Dep." of a column's name.
"""

from __future__ import annotations

from dataclasses import replace

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token, stem

_LINKS = {"and", "or", "vs", "versus"}
_WIDTH = 4
_PEOPLE = frozenset({"people", "persons", "person"})
_COUNTED = ("death", "injury")
_PASSIVE = frozenset({"were", "was", "got", "are"})
_COMPARING = frozenset({"than", "over", "under", "above", "below", "least", "most", "exactly"})


def spelled_out(tokens: list[Token], vocab: Vocabulary) -> list[Token]:
    """The tokens with a shared word of two column names said twice, and denials on their own."""
    tokens = _without_people(_numbered(tokens), vocab)
    tokens = [one for token in tokens for one in _denied(_shortened(token, vocab), vocab)]
    for at in range(len(tokens) - _WIDTH + 1):
        first, second, third, fourth = tokens[at : at + _WIDTH]
        if second.lower in _LINKS and _columns(vocab, (first, fourth), (third, fourth)):
            return [*tokens[: at + 1], fourth, *tokens[at + 1 :]]
        if third.lower in _LINKS and _columns(vocab, (first, second), (first, fourth)):
            return [*tokens[: at + 3], first, *tokens[at + 3 :]]
    return tokens


def _without_people(tokens: list[Token], vocab: Vocabulary) -> list[Token]:
    """The tokens without the people of "people were killed", where a column counts the killed."""
    canon = lexicon().canon
    counts = {canon(stem(word)) for word in _COUNTED}
    done = {
        canon(stem(word))
        for name in vocab.numbers
        for word in vocab.spelled[name]
        if word.endswith("ed") or canon(stem(word)) in counts
    }
    found: list[Token] = []
    for at, token in enumerate(tokens):
        after = [one for one in tokens[at + 1 : at + 3] if one.lower not in _PASSIVE]
        beside = [*tokens[max(0, at - 1) : at], *after[:1]]
        if token.lower not in _PEOPLE or not any(canon(one.stem) in done for one in beside):
            found.append(token)
    return found


def _numbered(tokens: list[Token]) -> list[Token]:
    """The one of "more than an hour", and the half of "half an hour", as numbers."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        article = token.lower in {"a", "an"} and at > 0 and _is_unit(tokens[at + 1 : at + 2])
        before = tokens[at - 1].lower if article else ""
        if before == "half":
            found[-1] = replace(token, number=0.5)
        elif before in _COMPARING:
            found.append(replace(token, number=1.0))
        else:
            found.append(token)
    return found


def _is_unit(word: list[Token]) -> bool:
    sense = lexicon().sense(word) if word else None
    return sense is not None and (sense.kind == "unit" or sense.name == "hour_of_day")


def _shortened(token: Token, vocab: Vocabulary) -> Token:
    """The abbreviation that a column's name has for a word which means nothing else here."""
    said = token.lower
    known = said in vocab.words or (token.stem,) in vocab.values or lexicon().sense([token])
    short = [one for one in vocab.abbreviations if said.startswith(one) and said != one]
    if known or len(short) != 1:
        return token
    return replace(token, lower=short[0], stem=stem(short[0]))


def _denied(token: Token, vocab: Vocabulary) -> list[Token]:
    """The tokens of "not paid" for "unpaid", of a column of yes and no."""
    word = lexicon().opposites.get(token.lower) or token.lower.removeprefix("un")
    key = (stem(word),)
    if word == token.lower or (token.stem,) in vocab.values or token.lower in vocab.words:
        return [token]
    if not any(vocab.says_yes(value.column) for value in vocab.values.get(key, [])):
        return [token]
    return [Token("not", "not", "not"), Token(word, word, key[0])]


def _columns(vocab: Vocabulary, *pairs: tuple[Token, Token]) -> bool:
    """Whether each pair of words is the whole name of a column."""
    canon = lexicon().canon
    names = set(vocab.columns.values())
    return all({canon(token.stem) for token in pair} in names for pair in pairs)
