"""Intent: what a person wants of which table, by rules alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.conversations import PastTurn
from shared.datasets import Profile
from worker.models.builtin.binding import Reading, readings
from worker.models.builtin.charting import without_chart
from worker.models.builtin.followups import FollowUp, chosen_reading, follow_up
from worker.models.builtin.frame import Abstention
from worker.models.builtin.planner import Planned, likely_reading, plan_likely, plan_question
from worker.models.builtin.ranked.reader import LikelyPlans
from worker.models.builtin.ranked.several import several_likely
from worker.models.builtin.restating import choose
from worker.models.builtin.vocabulary import Vocabulary, vocabulary
from worker.models.builtin.words import Token, tokenize

#: Gives all rows of a table as JSON cells, or None if it is too large for that.
Rows = Callable[[Profile], list[list[Any]] | None]
Kind = Literal["PARTICULAR", "NOT_PARTICULAR", "UNRELATED", "HELP", "EXIT", "CLARIFICATION"]
# From here on the built-in planner answers without asking a model.
CERTAIN = 0.75
_TALK: dict[str, Kind] = {"exit": "EXIT", "help": "HELP"}
_EXPLORING = {"explore", "describe", "missing", "spread"}
_SMALL_TALK = {"filler", "title", "entity", "list", "count", "bucket", "not"}
_TALK_CONFIDENCE = 0.95
_NO_CONFIDENCE = 0.5


@dataclass(frozen=True)
class Understanding:
    """What the rules make of a question.

    `planned` is set for a particular question they can plan, `abstention` for one they cannot;
    `follows` says that it goes on from the question before, `resolved_question` as which whole one.
    """

    kind: Kind
    confidence: float
    dataset_id: str | None
    planned: Planned | None = None
    abstention: Abstention | None = None
    resolved_question: str | None = None
    follows: bool = False

    @property
    def certain(self) -> bool:
        """Whether no model needs to be asked."""
        return self.confidence >= CERTAIN


def understand(
    question: str,
    datasets: Mapping[str, Profile],
    dataset_id: str | None,
    rows: Rows | None = None,
    history: Sequence[PastTurn] = (),
) -> Understanding:
    """Read a question; without `dataset_id`, about the table that fits it best.

    `rows` gives the rows of small tables: what the grammar cannot read is then tried out on them.
    `history` are the turns before it, oldest first, from which a follow-up goes on.
    """
    chosen = dict(datasets)
    if dataset_id is not None and dataset_id in datasets:
        chosen = {dataset_id: datasets[dataset_id]}
    picked = chosen_reading(question, history, datasets)
    if picked is not None:
        return _followed(picked)
    talk = _talk(question, chosen, dataset_id)
    if talk is not None:
        return talk
    going_on = follow_up(question, history, datasets, dataset_id)
    if going_on is not None:
        return _followed(going_on)
    read = [_read(question, profile) for profile in chosen.values()]
    if rows is not None and not any(one.planned for one in read):
        read = [_likely(question, chosen, one, rows) for one in read]
    if not read:
        return Understanding(
            "UNRELATED", 1.0, None, abstention=Abstention("There is no table yet.")
        )
    planned = [one for one in read if one.planned is not None]
    if planned:
        return _best(question, planned, chosen)
    return max(read, key=lambda one: (_said(question, chosen, one), _bound(one)))


def _followed(one: FollowUp) -> Understanding:
    if one.planned is not None:
        return Understanding(
            "PARTICULAR",
            one.planned.confidence,
            one.dataset_id,
            planned=one.planned,
            resolved_question=one.resolved_question,
            follows=True,
        )
    reason = one.abstention
    kind: Kind = "CLARIFICATION" if reason and reason.choices else "PARTICULAR"
    return Understanding(kind, _NO_CONFIDENCE, one.dataset_id, abstention=reason, follows=True)


def _read(question: str, profile: Profile) -> Understanding:
    try:
        planned = plan_question(question, profile)
    except Abstention as reason:
        if reason.choices:
            return Understanding("CLARIFICATION", 0.5, profile.id, abstention=reason)
        kind: Kind = "PARTICULAR" if reason.bound else "UNRELATED"
        return Understanding(kind, _NO_CONFIDENCE, profile.id, abstention=reason)
    return Understanding("PARTICULAR", planned.confidence, profile.id, planned=planned)


def _likely(
    question: str, datasets: Mapping[str, Profile], one: Understanding, rows: Rows
) -> Understanding:
    """The same, or what the question most likely means if the grammar could not read it.

    Where the grammar sees several meanings the person chooses.
    """
    reason, profile = one.abstention, datasets[one.dataset_id or ""]
    if reason is None or reason.final or len(reason.choices) > 1:
        return one
    found = rows(profile)
    if not found:
        return one
    likely = likely_reading(question, profile, found)
    planned = plan_likely(likely) if likely is not None else None
    if planned is not None:
        return Understanding("PARTICULAR", planned.confidence, profile.id, planned=planned)
    if likely is None or not reason.bound or reason.choices:
        return one
    asked = _between(question, profile, likely)
    if asked is None:
        return one
    return Understanding("CLARIFICATION", _NO_CONFIDENCE, profile.id, abstention=asked)


def _between(question: str, profile: Profile, likely: LikelyPlans) -> Abstention | None:
    """A question back where every word is known, a few plans are likely, and none likely enough."""
    tokens, vocab = tokenize(without_chart(question)[0]), vocabulary(profile)
    known = (sum(b.end - b.start for b in reading) for reading in readings(tokens, vocab))
    if not any(words == len(tokens) for words in known):
        return None
    plans = several_likely(likely)
    asked = choose("Which of these do you mean?", plans, profile) if plans else None
    return asked if asked is not None and len(asked.choices) > 1 else None


def _bound(one: Understanding) -> int:
    return one.abstention.bound if one.abstention else 0


def _said(question: str, datasets: Mapping[str, Profile], one: Understanding) -> int:
    """How many words of the table's own name the question has."""
    if one.dataset_id is None:
        return 0
    title = vocabulary(datasets[one.dataset_id]).title
    return sum(token.stem in title for token in tokenize(question))


def _best(
    question: str, planned: list[Understanding], datasets: Mapping[str, Profile]
) -> Understanding:
    """The table that the question's words fit best; equally good ones are asked about."""

    def fit(one: Understanding) -> tuple[int, int, float]:
        bound = one.planned.bound if one.planned else 0
        return (_said(question, datasets, one), bound, one.confidence)

    ranked = sorted(planned, key=fit, reverse=True)
    equal = [one for one in ranked if fit(one)[:2] == fit(ranked[0])[:2]]
    if len(equal) == 1:
        return ranked[0]
    titles = [datasets[one.dataset_id].title for one in equal if one.dataset_id]
    asked = question.rstrip(" ?.!")
    reason = Abstention(
        f"Which table do you mean: {', '.join(titles)}?",
        tuple(f"{asked} in {title}?" for title in titles),
        bound=1,
    )
    return Understanding("CLARIFICATION", 0.5, None, abstention=reason)


def _talk(
    question: str, datasets: Mapping[str, Profile], dataset_id: str | None
) -> Understanding | None:
    """Help, good-bye, or a wish to look around, when nothing particular is asked besides."""
    tokens = tokenize(question)
    if not tokens:
        return Understanding("HELP", 1.0, dataset_id)
    found: list[tuple[int, Understanding]] = []
    for profile in datasets.values():
        for reading in readings(tokens, vocabulary(profile)):
            kind = _talk_kind(reading, tokens, vocabulary(profile))
            if kind is not None:
                said = sum(b.kind == "title" for b in reading)
                found.append((said, Understanding(kind, _TALK_CONFIDENCE, profile.id)))
    if not found:
        return None
    best = max(said for said, _ in found)
    named = {one.dataset_id: one for said, one in found if said == best}
    one = next(iter(named.values()))
    sure = len(named) == 1 or one.kind != "NOT_PARTICULAR"
    return one if sure else Understanding(one.kind, one.confidence, None)


def _talk_kind(reading: Reading, tokens: list[Token], vocab: Vocabulary) -> Kind | None:
    if sum(b.end - b.start for b in reading) < len(tokens):
        return None
    # "Seattle weather" names the table, though one of its columns is called weather too.
    named = {b for b in reading if all(t.stem in vocab.title for t in tokens[b.start : b.end])}
    kinds = {b.kind for b in reading if b not in named} - _SMALL_TALK
    if kinds and kinds <= _EXPLORING:
        return "NOT_PARTICULAR"
    return _TALK.get(kinds.pop()) if len(kinds) == 1 else None
