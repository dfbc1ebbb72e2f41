"""Fragments: how a turn says that it goes on from the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from worker.models.builtin.charting import without_chart

#: What a fragment points back at: the rows, the one row, or one of the groups.
Pointing = Literal["rows", "that", "one"]

# These may also begin a whole question.
_SOFT = re.compile(
    r"^(?:and|but|so|now|okay|ok|then|also|or|well|hm+|please|what about|how about|what of)\b"
    r"[\s,:]*",
    re.IGNORECASE,
)
# These make no sense without what they change.
_FIRM = re.compile(
    r"^(?:only|just|instead|(?:do |now )?(?:the )?same(?: thing| again| question)?\b"
    r"(?: but)?|make (?:it|that)|change (?:it|that) to|switch to"
    r"|which (?:one )?(?:is|was|has|had)(?= the \w+$))\b[\s,:]*",
    re.IGNORECASE,
)
_ADDING = re.compile(
    r"^(?:also|include|including|add|plus|along with|as well as)\b[\s,:]*", re.IGNORECASE
)
_LAST_FIRM = re.compile(r"[\s,]+(?:instead|only)$", re.IGNORECASE)
_LAST_SOFT = re.compile(r"[\s,]+(?:please|too|as well|then|again)$", re.IGNORECASE)
# "Rivers that have their outflow" speaks of its own; "what is their average" does not.
_OF_THEM = re.compile(
    r"\b(?:of|for|in|on|with|among|from) (?:those|these|them)\b"
    r"|(?:^|(?<=^what is )|(?<=^what are )|(?<=^what's )|(?<=^what was ))their\b",
    re.IGNORECASE,
)
_ROWS = re.compile(
    r"^(?:(?:which|what|who) (?:ones|(?:are|were) (?:they|those|these))"
    r"|(?:which|what) (?:ones )?(?:are|were) (?:they|those|these)"
    r"|(?:list|show|name|display|give)(?: me)?(?: all)?(?: of)? (?:them|those|these|the rows)"
    r"(?: all)?)$",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"^(?:when|where|who|which (?:one|row|day|date|month|year)|what (?:day|date))"
    r"(?: (?:was|is|did) (?:that|this|it))(?: happen)?$|^when$",
    re.IGNORECASE,
)
_ONE = re.compile(r"^which(?: one)?$", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"^(?:the )?(?:first )?(\d+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Fragment:
    """A turn without the words that tie it to the one before: `text` is what is left.

    `marked` says that there were such words, `firm` that they make no sense in a question that
    stands alone; `adds` that what is named comes to what was there, not in its place. `chart` is
    the kind of chart it names.
    """

    text: str
    marked: bool = False
    firm: bool = False
    adds: bool = False
    chart: str = ""
    pointing: Pointing | None = None


def fragment_of(question: str) -> Fragment:
    """The turn as a fragment; one that is not marked may be a whole question."""
    text, chart = without_chart(question.strip())
    text = text.strip(" ,.?!")
    marked = firm = adds = False
    while found := _SOFT.match(text) or _FIRM.match(text) or _ADDING.match(text):
        marked = True
        firm = firm or bool(_FIRM.match(text))
        adds = adds or bool(_ADDING.match(text))
        text = text[found.end() :]
    while found := _LAST_FIRM.search(text) or _LAST_SOFT.search(text):
        firm = firm or bool(_LAST_FIRM.search(text))
        marked, text = True, text[: found.start()]
    pointing = _pointing(text)
    if pointing is None and _OF_THEM.search(text):
        firm, text = True, " ".join(_OF_THEM.sub(" ", text).split())
    if firm and _BARE_NUMBER.match(text):
        text = _BARE_NUMBER.sub(r"top \1", text)
    return Fragment(text, marked or firm, firm, adds, chart, pointing)


def _pointing(text: str) -> Pointing | None:
    if _ROWS.match(text):
        return "rows"
    if _THAT.match(text):
        return "that"
    return "one" if _ONE.match(text) else None
