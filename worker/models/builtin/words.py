"""Words: a question cut into tokens, and the forms under which words are compared."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

import snowballstemmer

_TOKEN = re.compile(
    r"""\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?  # a date
      | \d+(?:,\d+)*(?:\.\d+)?                 # a number
      | [Qq][1-4]\b                            # a quarter
      | "[^"]+" | “[^”]+”                      # quoted words
      | [^\W\d_]+(?:['\u2019.][^\W\d_]+)*           # a word, also O'Hare and U.S
      | [^\W_][\w]*                            # anything else written as a word
      | °[CFcf]? | [<>]=? | [=%$€£]""",
    re.VERBOSE,
)
# A comma between digits parts thousands: whether "1,5" is a fraction nobody knows.
_AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_GLUE = re.compile(r"(?<=\w)_(?=\w)")
_LOCK = threading.Lock()
_STEMMER = snowballstemmer.stemmer("english")
_MIN_DOUBLED = 3
_LARGE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
# "One" is more often a pronoun than a number, except after these.
_BEFORE_ONE = frozenset({"only", "exactly", "just", "than", "least"})
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_PLURALS = {"children": "child", "men": "man", "women": "woman"}
TIMES = ("twice", "thrice")


@dataclass(frozen=True)
class Token:
    """One word of a question: as written, lower-cased, and its stem; `number` if it is one.

    `glued` says that an underscore ties it to the next word.
    """

    text: str
    lower: str
    stem: str
    number: float | None = None
    glued: bool = False


def plain(text: str) -> str:
    """Lower-cased, without accents, typographic quotes made straight."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English stem of a lower-case word."""
    with _LOCK:  # the stemmer keeps state and is not safe across threads
        return str(_STEMMER.stemWord(word))


def root(word: str) -> str:
    """The stem without an adjective's ending: snowy, snowing -> snow; sunny -> sun."""
    base = stem(word)
    if base.endswith("i"):
        base = base[:-1]
        if len(base) > _MIN_DOUBLED and base[-1] == base[-2]:
            base = base[:-1]
    return base


def singular(said: str) -> set[str]:
    """What is said, and what it may be one of: "engineers" are no "Engineering"."""
    return {said, said.removesuffix("s"), said.removesuffix("es"), _PLURALS.get(said, said)}


def tokenize(text: str) -> list[Token]:
    """The tokens of a question or of a name; punctuation is dropped."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(_GLUE.sub(" ", text)):
        word = match.group()
        glued = text[match.end() : match.end() + 1] == "_"
        lower = plain(word).strip('"“”')
        lower = "not" if lower.endswith("n't") else lower.removesuffix("'s")
        before = tokens[-1] if tokens else None
        if lower in _LARGE and before is not None and before.number is not None:
            tokens[-1] = replace(before, number=before.number * _LARGE[lower])
            continue
        number = _number(lower)
        if lower == "one" and before is not None and before.lower in _BEFORE_ONE:
            number = 1.0
        tokens.append(Token(word, lower, stem(lower), number, glued))
    return tokens


def _number(word: str) -> float | None:
    if word in TIMES:
        return float(TIMES.index(word) + 2)
    if word[:1].isdigit():
        return float(word.replace(",", "")) if _AMOUNT.fullmatch(word) else None
    return float(_NUMBERS.index(word) + 2) if word in _NUMBERS else None
