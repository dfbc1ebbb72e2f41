"""Features: what speaks for and against a candidate, as names with strengths."""

from __future__ import annotations

import itertools
from functools import cached_property

from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.mentions import ColumnLink, Links, is_glue
from worker.models.builtin.ranked.table import Family

Features = dict[str, float]


class Question:
    """What is the same for all candidates of one question."""

    def __init__(self, text: str, links: Links, known: frozenset[str]) -> None:
        self.text = text
        self.links = links
        self._known = known

    @cached_property
    def masked(self) -> list[str]:
        """The words, with values and numbers as signs."""
        words = [t.lower if t.number is None else "#" for t in self.links.tokens]
        for mention in self.links.mentions:
            if mention.options[0].how in {"whole", "trimmed", "part"}:
                words[mention.start : mention.end] = ["@"] * (mention.end - mention.start)
        return [w for i, w in enumerate(words) if w != "@" or i == 0 or words[i - 1] != "@"]

    @cached_property
    def grams(self) -> list[str]:
        """Single words and pairs that the model knows, or all of them while it learns."""
        words = ["^", *self.masked]
        found = [*self.masked, *(f"{a} {b}" for a, b in itertools.pairwise(words))]
        found.append(" ".join(words[:4]))
        return [g for g in dict.fromkeys(found) if not self._known or g in self._known]

    @cached_property
    def plain(self) -> list[str]:
        """The single words among them, without glue that no column is asked for by."""
        tokens = {t.lower for t in self.links.tokens if not is_glue(t)}
        return [gram for gram in self.grams if gram in tokens]

    @cached_property
    def content(self) -> set[int]:
        """Tokens that mean something here and are no cue of an operation."""
        words = self.links.words
        return {at for at in self.links.content() if words[at] not in cues("operations")}

    @cached_property
    def best_link(self) -> float:
        """How well the best-named column is named."""
        return max((link.score for link in self.links.columns), default=0.0)

    @cached_property
    def best_asked(self) -> float:
        """How well a column is named by the words that say what is asked."""
        asked = set(self.links.asked)
        scores = (link.score for link in self.links.columns if link.tokens & asked)
        return max(scores, default=0.0)

    @cached_property
    def said(self) -> str:
        """The whole question, lower-case."""
        return " ".join(self.links.words)

    @cached_property
    def plural(self) -> str:
        """Whether what is asked for is said in the plural."""
        asked = [self.links.tokens[at].lower for at in self.links.asked]
        nouns = [word for word in asked if len(word) > 3]
        return str(bool(nouns) and nouns[-1].endswith("s") and not nouns[-1].endswith("ss"))

    @cached_property
    def head(self) -> str:
        """The last word of what is asked: "driver" of "which german driver"."""
        asked = [self.links.tokens[at] for at in self.links.asked]
        words = [t.stem for t in asked if not is_glue(t)]
        return words[-1] if words else self.links.wh


def features(question: Question, candidate: Candidate, answers: tuple[str, ...]) -> Features:
    """The features of one candidate that answers so."""
    op = candidate.operation
    found: Features = {f"op={op}": 1.0}
    for gram in question.grams:
        found[f"{op}&{gram}"] = 1.0
    _rows(question, candidate, found)
    _covered(question, candidate, found)
    if candidate.target is not None:
        _target(question, candidate, candidate.target, found)
    if candidate.measure is not None:
        _measure(question, candidate, candidate.measure, found)
    _answered(question, candidate, answers, found)
    return found


def _answered(
    question: Question, candidate: Candidate, answers: tuple[str, ...], found: Features
) -> None:
    """Whether the answer is such as the question wants: how many values, numbers, new ones."""
    op, links = candidate.operation, question.links
    many = str(len(answers)) if len(answers) < 4 else "4+" if len(answers) < 8 else "8+"
    found[f"answers={many}"] = 1.0
    found[f"answers={many}&{op}"] = 1.0
    found[f"answers={many}&{links.wh}&{question.plural}"] = 1.0
    found[f"answers={many}&joined={candidate.selection.joined}"] = 1.0
    numeric = all(is_number(one) for one in answers)
    found[f"numeric={numeric}&{links.wh}"] = 1.0
    if links.tokens:
        found[f"numeric={numeric}&{links.words[0]}"] = 1.0
    known = sum(one.lower() in question.said for one in answers)
    if known:
        found[f"answer in question&or={'or' in links.words}"] = 1.0
        found[f"answer in question&{op}"] = 1.0
    if numeric and answers[0] in {"0", "1"}:
        found[f"answer {answers[0]}&{op}"] = 1.0
    if len(answers) == links.table.profile.rows:
        found[f"answer all rows&{op}"] = 1.0
        found["answer all rows"] = 1.0


def is_number(text: str) -> bool:
    """Whether an answer is a number."""
    return text.replace(".", "", 1).replace(",", "").lstrip("-").isdigit()


def _bucket(value: float) -> str:
    return f"{min(1.0, value):.1f}"


def _rows(question: Question, candidate: Candidate, found: Features) -> None:
    """How the rows are chosen."""
    op, selection, links = candidate.operation, candidate.selection, question.links
    found[f"filters={min(3, len(selection.filters))}&{op}"] = 1.0
    found[f"joined={selection.joined}&{op}"] = 1.0
    if selection.negated:
        found["negated"] = 1.0
    for mention, option in selection.uses:
        found[f"how={option.how}"] = found.get(f"how={option.how}", 0.0) + 1.0
        found[f"how={option.how}&{op}"] = 1.0
        before = links.words[mention.start - 1] if mention.start else "^"
        for stem in links.table.families[option.family].stems:
            found[f"{before}*{stem}"] = 1.0
        found[f"{before}*={links.table.families[option.family].type}"] = 1.0
        link = links.columns[option.family]
        found[f"filtered column={_bucket(link.score)}"] = 1.0
        best = max(mention.options, key=lambda o: o.score)
        if option is not best:
            found["other meaning"] = found.get("other meaning", 0.0) + 1.0
        found["options"] = found.get("options", 0.0) + (len(mention.options) > 1)
    used = {mention.start for mention, _ in selection.uses}
    for mention in links.mentions:
        if mention.start not in used:
            how = mention.options[0].how
            found[f"unused={how}"] = found.get(f"unused={how}", 0.0) + 1.0
            found[f"unused={how}&{op}"] = 1.0


def _covered(question: Question, candidate: Candidate, found: Features) -> None:
    """How many words have no part in the plan."""
    left = len(question.content - covered(question.links, candidate))
    found[f"left={min(6, left)}"] = 1.0
    found["left"] = min(1.0, left / 8)
    found["left share"] = left / max(1, len(question.content))


def covered(links: Links, candidate: Candidate) -> set[int]:
    """The tokens that have a part in a plan: its values, and the names of its columns."""
    places: set[int] = set()
    for mention, option in candidate.uses:
        places |= set(range(mention.start, mention.end))
        places |= links.columns[option.family].tokens
    for family in (candidate.target, candidate.measure):
        if family is not None:
            places |= links.columns[family.index].tokens
    return places


def _named(links: Links, family: Family, found: Features, name: str) -> ColumnLink:
    link = links.columns[family.index]
    found[f"{name} score"] = link.score
    found[f"{name} score={_bucket(link.score)}"] = 1.0
    return link


def _target(question: Question, candidate: Candidate, target: Family, found: Features) -> None:
    """Whether this column is asked for."""
    links, op, wh = question.links, candidate.operation, question.links.wh
    link = _named(links, target, found, "target")
    asked = bool(link.tokens & set(links.asked))
    found[f"target asked={asked}"] = 1.0
    found["target asked score"] = link.score if asked else 0.0
    found["target less than asked"] = question.best_asked - (link.score if asked else 0.0)
    found["target less than best"] = question.best_link - link.score
    found[f"{wh}>{target.type}"] = 1.0
    found[f"{wh}>{target.type}&{op}"] = 1.0
    found[f"target name={target is links.table.name}&{_bucket(question.best_asked)}"] = 1.0
    found[f"target at={min(4, target.index)}&{_bucket(question.best_asked)}"] = 1.0
    if target.index in candidate.selection.families:
        found[f"target filtered&{op}"] = 1.0
        found[f"target filtered&joined={candidate.selection.joined}"] = 1.0
    for stem in target.stems:
        found[f"{question.head}~{stem}"] = 1.0
        found[f"{wh}~{stem}"] = 1.0
        for word in question.plain:
            found[f"{word}~~{stem}"] = 1.0
    if target.ranks:
        found[f"target ranks&{op}"] = 1.0


def _measure(question: Question, candidate: Candidate, measure: Family, found: Features) -> None:
    """Whether this column is what is compared or added up."""
    links, op = question.links, candidate.operation
    link = _named(links, measure, found, "measure")
    kind = "year" if measure.year else "number"
    found[f"measure {kind}&{op}"] = 1.0
    found["measure less than best"] = question.best_link - link.score
    found[f"measure ranks={measure.ranks}&{op}"] = 1.0
    asked = bool(link.tokens & set(links.asked))
    found[f"measure asked={asked}&{op}"] = 1.0
    if measure.index in candidate.selection.families:
        found[f"measure filtered&{op}"] = 1.0
    numbers = sum(1 for f in links.table.families if f.numeric)
    found[f"measures={min(4, numbers)}&{_bucket(link.score)}"] = 1.0
    for gram in question.grams:
        if gram in cues("operations"):
            for stem in measure.stems:
                found[f"{gram}^{stem}"] = 1.0
                found[f"{gram}^{stem}&{op}"] = 1.0
    said = [at for at, word in enumerate(links.words) if word in cues("operations")]
    if link.tokens and said:
        gap = min(abs(at - cue) for at in link.tokens for cue in said)
        found[f"measure gap={min(4, gap)}"] = 1.0
