"""Facts: what the trees look at, of a candidate and of the whole field it stands in."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.features import Features, Question, covered, is_number
from worker.models.builtin.ranked.rehearsal import Found
from worker.models.builtin.ranked.shapes import shape
from worker.models.builtin.ranked.table import Family

_CUES = ("superlatives", "counts", "differences", "negations", "neighbours", "ends", "means")
_KINDS = ("whole", "trimmed", "part", "inside", "fuzzy", "outcome", "number", "time")
_LOW = ("argmin", "min", "rarest", "smallest total", "first by place", "first by date")
_HIGH = ("argmax", "max", "mode", "largest total", "last by place", "last by date")
_TYPES = {"text": 0.0, "number": 1.0, "year": 2.0, "date": 3.0, "datetime": 3.0}


@dataclass(frozen=True)
class Tried:
    """One candidate that finds something: its features' scores by group, and its share of all."""

    candidate: Candidate
    found: Found
    scores: Features
    share: float = 0.0

    @property
    def score(self) -> float:
        """How likely it is, as a logarithm without a base line."""
        return self.scores["score"]

    @cached_property
    def answers(self) -> frozenset[str]:
        """Its answers; candidates with the same ones agree."""
        return frozenset(self.found.answers)


def shares(scores: Sequence[float]) -> list[float]:
    """Scores as shares of 1."""
    highest = max(scores, default=0.0)
    raised = [math.exp(score - highest) for score in scores]
    total = sum(raised)
    return [one / total for one in raised]


def facts(question: Question, tried: Tried, field: Field) -> Features:
    """All facts of one candidate among those that were tried."""
    candidate = tried.candidate
    told = field.common | tried.scores
    told[f"op={candidate.operation}"] = 1.0
    told["direction"] = _direction(question, candidate)
    _selected(question, candidate, told)
    for name, family in (("target", candidate.target), ("measure", candidate.measure)):
        if family is not None:
            _column(question, candidate, family, name, told)
    _answered(question, tried, told)
    told |= shape(question, tried.found.answers)
    told |= field.standing(tried)
    return told


def _direction(question: Question, candidate: Candidate) -> float:
    """1 if it takes the end that the words name, -1 if the other; for ranks, low ones are best."""
    words, operation = set(question.links.words), candidate.operation
    if operation in {"next", "previous"}:
        after = bool(words & cues("afters")) - bool(words & cues("befores"))
        return float(after if operation == "next" else -after)
    said = bool(words & cues("highs")) - bool(words & cues("lows"))
    taken = (operation in _HIGH) - (operation in _LOW)
    return float(said * taken)


def _common(question: Question) -> Features:
    """What is the same for all candidates of a question."""
    links = question.links
    words, table = set(links.words), links.table
    told: Features = {
        "words": len(links.words),
        "content": len(question.content),
        "mentions": len(links.mentions),
        "columns": len(table.families),
        "rows": table.profile.rows,
        "numbers": sum(1 for f in table.families if f.numeric),
        "numbers said": sum(1 for t in links.tokens if t.number is not None),
        "best link": question.best_link,
        "best asked": question.best_asked,
        "plural": float(question.plural == "True"),
        f"wh={links.wh}": 1.0,
        "or": float("or" in words),
        "and": float("and" in words),
        "than": float("than" in words),
        "named": sum(link.score > 0 for link in links.columns),
        "starts": float(bool(links.words) and links.words[0] == links.wh.split(" ", 1)[0]),
    }
    for kind in _CUES:
        told[f"says {kind}"] = len(words & cues(kind))
    return told


def _selected(question: Question, candidate: Candidate, told: Features) -> None:
    """How the rows are chosen, and which words have no part in that."""
    links, selection = question.links, candidate.selection
    told["filters"] = len(selection.filters)
    told["joined"] = float(selection.joined)
    told["negated"] = float(selection.negated)
    said, other, least, named = 0, 0, 1.0, 1.0
    for mention, option in selection.uses:
        kind = option.how.partition(":")[0]
        told[f"how={kind}"] = told.get(f"how={kind}", 0.0) + 1.0
        said += mention.end - mention.start
        other += option is not max(mention.options, key=lambda o: o.score)
        least = min(least, option.score)
        named = min(named, links.columns[option.family].score)
        told["meanings"] = max(told.get("meanings", 0.0), len(mention.options))
    told |= {"words of values": said, "other meanings": other, "least": least, "named": named}
    used = {mention.start for mention, _ in selection.uses}
    for mention in links.mentions:
        if mention.start not in used:
            kind = mention.options[0].how.partition(":")[0]
            told[f"unused={kind}"] = told.get(f"unused={kind}", 0.0) + 1.0
    left = question.content - covered(links, candidate)
    told["left"] = len(left)
    told["left share"] = len(left) / max(1, len(question.content))
    told["left asked"] = len(left & set(links.asked))
    told["left numbers"] = sum(links.tokens[at].number is not None for at in left)
    told["left after numbers"] = sum(
        at > 0 and links.tokens[at - 1].number is not None for at in left
    )
    told["first left"] = min(left, default=99)


def _column(
    question: Question, candidate: Candidate, family: Family, name: str, told: Features
) -> None:
    """How a column is named, and what it is."""
    links = question.links
    link = links.columns[family.index]
    asked = bool(link.tokens & set(links.asked))
    told[f"{name} score"] = link.score
    told[f"{name} asked"] = link.score if asked else 0.0
    told[f"{name} less than asked"] = question.best_asked - (link.score if asked else 0.0)
    told[f"{name} less than best"] = question.best_link - link.score
    told[f"{name} type"] = _TYPES.get(family.type, 4.0)
    told[f"{name} is the name"] = float(family is links.table.name)
    told[f"{name} at"] = family.index
    told[f"{name} filtered"] = float(family.index in candidate.selection.families)
    told[f"{name} ranks"] = float(family.ranks)
    told[f"{name} distinct"] = family.shown.distinct / max(1, links.table.profile.rows)
    told[f"{name} missing"] = family.shown.nulls / max(1, links.table.profile.rows)
    said = [at for at, word in enumerate(links.words) if word in cues("operations")]
    if link.tokens and said:
        told[f"{name} gap"] = min(abs(at - cue) for at in link.tokens for cue in said)


def _answered(question: Question, tried: Tried, told: Features) -> None:
    """What the answer is like."""
    answers, rows = tried.found.answers, tried.found.rows
    told["answers"] = len(answers)
    told["looked in"] = rows
    told["looked in share"] = rows / max(1, question.links.table.profile.rows)
    told["tied"] = float(tried.found.tied)
    told["numeric"] = float(all(is_number(one) for one in answers))
    told["answer said"] = sum(one.lower() in question.said for one in answers)
    told["answer words"] = sum(len(one.split()) for one in answers) / len(answers)
    if len(answers) == 1 and is_number(answers[0]):
        value = float(answers[0].replace(",", ""))
        told["answer is"] = max(-2.0, min(value, 3000.0))
        told["answer year"] = float(1500 <= value <= 2100)


class Field:
    """All candidates that were tried, as a field in which each one stands."""

    def __init__(self, question: Question, tried: Sequence[Tried]) -> None:
        self.common = _common(question)
        self._best = max(tried, key=lambda one: one.share)
        self._count = len(tried)
        self._order = {id(one): at for at, one in enumerate(sorted(tried, key=lambda t: -t.share))}
        self._answers: dict[frozenset[str], float] = defaultdict(float)
        self._agreeing: dict[frozenset[str], int] = defaultdict(int)
        self._kinds: dict[tuple[str, object], float] = defaultdict(float)
        for one in tried:
            self._answers[one.answers] += one.share
            self._agreeing[one.answers] += 1
            for kind in _kinds(one.candidate):
                self._kinds[kind] += one.share
        self._weights = sorted(self._answers.values(), reverse=True)

    def standing(self, one: Tried) -> Features:
        """What sets a candidate apart from the others."""
        agreeing = self._answers[one.answers]
        first = agreeing >= self._weights[0]
        rival = (self._weights[1:2] or [0.0])[0] if first else self._weights[0]
        told = {
            "share": one.share,
            "place": self._order[id(one)],
            "behind": self._best.score - one.score,
            "agreeing": agreeing,
            "agreers": self._agreeing[one.answers],
            "rival": rival,
            "margin": agreeing - rival,
            "log odds": math.log((agreeing + 1e-4) / (1.0001 - agreeing)),
            "candidates": self._count,
            "different": len(self._weights),
            "as the first": float(one.answers == self._best.answers),
        }
        for name, value in _kinds(one.candidate):
            told[f"share of {name}"] = self._kinds[name, value]
        return told


def _kinds(candidate: Candidate) -> tuple[tuple[str, object], ...]:
    target, measure = candidate.target, candidate.measure
    return (
        ("operation", candidate.operation),
        ("selection", id(candidate.selection)),
        ("target", target.index if target else None),
        ("measure", measure.index if measure else None),
    )
