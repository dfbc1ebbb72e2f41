"""Shapes: what an answer looks like, next to what the question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.features import Features, Question
from worker.models.builtin.words import stem

_YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")


def shape(question: Question, answers: Sequence[str]) -> Features:
    """What the answers have in common, as shares of them; and whether they are as many as asked."""
    links = question.links
    stems = {one for family in links.table.families for one in family.stems}

    def share(has: Callable[[str], object]) -> float:
        return sum(bool(has(one)) for one in answers) / len(answers)

    numbers = [links.tokens[at].number for at in links.asked]
    wanted = next((number for number in numbers if number is not None), None)
    return {
        f"head={question.head}": 1.0,
        "asks year": float("year" in links.words or links.wh == "when"),
        "answers with a year": share(_YEAR.search),
        "answers with a digit": share(_DIGIT.search),
        "answers with brackets": share(lambda one: "(" in one),
        "answers with a capital": share(lambda one: one[:1].isupper()),
        "answers for the rest": share(_is_for_the_rest),
        "answers as columns": share(lambda one: _is_said_by(one, stems)),
        "answers too many": 0.0 if wanted is None else max(-9.0, min(len(answers) - wanted, 9.0)),
    }


def _is_for_the_rest(answer: str) -> bool:
    """Whether a row is no thing of its own: "All places", "Other"."""
    words = answer.lower().split()
    return bool(words) and words[0].rstrip(":") in cues("for_the_rest")


def _is_said_by(answer: str, stems: set[str]) -> bool:
    words = _WORD.findall(answer.lower())
    return bool(words) and all(stem(word) in stems for word in words)
