"""Faithful: whether a plan does what words say that change what is meant, and answers in kind.

The grammar gives every word its place. The ranked reading weighs plans, and may pass over a "not"
or a "second": what a plan does not show, such a question is not answered by.
"""

from __future__ import annotations

from itertools import pairwise

from shared.datasets import Profile
from worker.models.builtin.lexicon import Sense, convert, lexicon
from worker.models.builtin.lists import blurred_groups
from worker.models.builtin.measures import columns_of
from worker.models.builtin.ranked.cues import outcome_of
from worker.models.builtin.totals import senseless_total
from worker.models.builtin.vocabulary import vocabulary
from worker.models.builtin.words import Token, stem
from worker.models.builtin.yes_no import said_for_yes
from worker.query.plan import Filter, QueryPlan

_NEGATIVE = frozenset({"ne", "not_in", "is_null", "not_null"})
_COUNTS = frozenset({"count", "count_distinct", "sum"})
# What a plan of single rows and plain groups cannot say.
_BEYOND = frozenset({"both", "each", "every", "per", "except", "excluding", "without", "outside"})
# What a number is called that has no order: rows may come in the order of their numbers.
_CODES = frozenset(map(stem, ("id", "code", "phone", "zip", "postcode")))
_ASKING = frozenset(["is", "are", "was", "were", "do", "does", "did", "has", "have", "had"])
_PAYING = frozenset(["earn", "earns", "earned", "pay", "pays", "paid", "spend", "spends", "spent",
                     "cost", "costs"])  # fmt: skip
_COMPARING = frozenset({"compared", "versus", "vs"})
_MOST = frozenset({"most", "least"})
# What is done with some of the rows that somebody has, and not with others.
_OUTCOMES = frozenset(map(stem, ("finish", "complete", "pass", "fail", "return", "cancel", "lose",
                                 "lost", "miss", "close", "solve", "reject")))  # fmt: skip
_GROUPING = frozenset({"each", "every", "per"})
_TOGETHER = frozenset({"both", "each"})
# Columns that tell where or when something is, or of what kind, so nobody.
_PLACES = frozenset({"address", "airport", "city", "location", "place", "port", "stadium",
                     "station", "town", "venue"})  # fmt: skip
_NOBODY = _PLACES | {"season", "term", "month", "quarter", "week", "category", "type", "status"}


def faithful(
    tokens: list[Token], plan: QueryPlan, profile: Profile, answer: int, *, agreed: bool = False
) -> bool:
    """Whether the plan shows every such word; `answer` is the output that answers.

    `agreed` says that all it names have the same answer: "which party are both of".
    """
    words = [token.lower for token in tokens]
    shown = _named(plan) | (_GROUPING if plan.group_by else set())
    shown |= _TOGETHER if agreed else set()
    if any(word in _BEYOND - shown for word in words):
        return False
    if _denies(tokens) and not any(_negative(one) for one in plan.filters):
        return False
    senses = [lexicon().sense([token]) for token in tokens]
    places = [one.name for one in senses if one is not None and one.kind == "nth"]
    if places and places != [str(plan.place)]:
        return False
    won = any(one is not None and one.kind == "achieve" for one in senses)
    senseless = senseless_total(vocabulary(profile), plan) or blurred_groups(plan, profile)
    if senseless or (won and _passes_over_winning(plan, profile)):
        return False
    if not _in_units(tokens, plan, profile) or _ranks_labels(words, plan, profile):
        return False
    if _PAYING & set(words) and _passes_over_money(plan, profile):
        return False
    if _passes_over_done(words, plan, profile) or _passes_over_outcome(tokens, plan):
        return False
    measured = not any(_measures_nothing(one, profile) for one in senses if one is not None)
    if not measured or _sets_nothing_apart(words, plan):
        return False
    if _answers_itself(words, plan, profile, answer) or _passes_over_yes(tokens, plan, profile):
        return False
    return _shows_numbers(tokens, plan) and _in_kind(words, plan, profile, answer)


def _passes_over_winning(plan: QueryPlan, profile: Profile) -> bool:
    """Whether rows are counted that nothing says were won: no number, and no value that says so."""
    counted = any(one.function == "count" and one.column is None for one in plan.aggregates)
    if any(profile.column(one.column).type in {"integer", "number"} for one in plan.filters):
        return False
    values = [str(value).split() for one in plan.filters for value in one.values]
    return counted and not any(outcome_of(words[0].lower()) for words in values if words)


def _named(plan: QueryPlan) -> set[str]:
    """The words in the names of the columns that a plan shows or adds up: "points per game"."""
    names = [*plan.columns, *(one.column or "" for one in plan.aggregates)]
    return {word for name in names for word in name.lower().replace("/", " per ").split()}


def _denies(tokens: list[Token]) -> bool:
    said = [*((one,) for one in tokens), *pairwise(tokens)]
    senses = [lexicon().sense(list(span)) for span in said]
    return any(one is not None and one.kind == "not" for one in senses)


def _negative(one: Filter) -> bool:
    if one.values == [0]:
        return one.operator == "eq" and not one.negated  # who is not at none has some
    return one.negated or one.operator in _NEGATIVE


def _shows_numbers(tokens: list[Token], plan: QueryPlan) -> bool:
    """Whether each number of the question stands somewhere in the plan."""
    said = plan.model_dump_json(exclude_defaults=True)
    return all(f"{token.number:g}" in said or token.text in said for token in tokens
               if token.number is not None)  # fmt: skip


def _in_units(tokens: list[Token], plan: QueryPlan, profile: Profile) -> bool:
    """Whether no number with a unit is compared with a column that is in another."""
    for number, word in pairwise(tokens):
        sense = lexicon().sense([word])
        if number.number is None or sense is None or sense.kind != "unit":
            continue
        owns = [profile.column(f.column).unit for f in plan.filters if number.number in f.values]
        if any(own in lexicon().units and convert(1, sense.name, own) != 1 for own in owns if own):
            return False
    return True


def _ranks_labels(words: list[str], plan: QueryPlan, profile: Profile) -> bool:
    """Whether rows are ranked by a number that only names them, and nobody speaks of it."""
    vocab = vocabulary(profile)
    names = plan.columns or [column.name for column in profile.columns]
    ranked = {names[one.output] for one in plan.sort} if not plan.group_by else set[str]()
    labels = {name for name in ranked & vocab.labels if vocab.heads[name] in _CODES}
    said = {stem(word) for word in words}
    return any(not vocab.columns[name] & said for name in labels)


def _answers_itself(words: list[str], plan: QueryPlan, profile: Profile, answer: int) -> bool:
    """Whether the answer is what rows were chosen by: "Who adopted Bella?" is not Bella."""
    name = _column(plan, profile, answer) if plan.columns else None
    if name is not None and words[0] not in _ASKING and vocabulary(profile).says_yes(name):
        return True  # "easy vegetarian desserts" wants those that are
    return any(f.column == name and f.operator == "eq" and not f.part for f in plan.filters)


def _sets_nothing_apart(words: list[str], plan: QueryPlan) -> bool:
    """Whether there is nothing that is "compared to" something: of one place, or of all."""
    several = any(one.operator == "in" for one in plan.filters)
    return bool(_COMPARING & set(words)) and not (several or plan.compare or plan.calculate)


def _measures_nothing(sense: Sense, profile: Profile) -> bool:
    """Whether no column tells what is so: "the longest matches", of which no time is known."""
    if sense.kind != "adjective" or not sense.of:
        return False
    vocab = vocabulary(profile)
    named = any(own & (sense.of | sense.turned) for own in vocab.columns.values())
    return not named and not columns_of(vocab, sense)


def _passes_over_money(plan: QueryPlan, profile: Profile) -> bool:
    """Whether rows are counted or ranked by no money: who "spent the most" has not most rows."""
    if any(one.function == "count" and one.column is None for one in plan.aggregates):
        return True
    return any(not vocabulary(profile).is_money(name) for name in _ranked(plan))


def _passes_over_done(words: list[str], plan: QueryPlan, profile: Profile) -> bool:
    """Whether a column tells what is done most, and is not ranked by: the visitors of "visited"."""
    done = [stem(word) for before, word in pairwise(words) if before in _MOST and word[-2:] == "ed"]
    vocab = vocabulary(profile)
    told = {name for name in vocab.numbers for word in vocab.spelled[name]
            if any(word.startswith(one) for one in done)}  # fmt: skip
    return bool(told) and not told & set(_ranked(plan))


def _passes_over_outcome(tokens: list[Token], plan: QueryPlan) -> bool:
    """Whether all rows of somebody are counted for those that came out so: "did Ana finish"."""
    if not any(one.function in {"count", "count_distinct"} for one in plan.aggregates):
        return False
    said = plan.model_dump_json(exclude_defaults=True).lower()
    for before, verb in pairwise(tokens):
        if verb.stem not in _OUTCOMES or verb.stem in said:
            continue
        names = [str(value).lower().split() for one in plan.filters for value in one.values]
        if all(before.lower in name for name in names):
            return True
    return False


def _ranked(plan: QueryPlan) -> list[str]:
    """The columns by whose values or figures the rows of a plan come in order."""
    keys = [key.column for key in plan.group_by]
    shown = [*keys, *(made.column for made in plan.aggregates)] or plan.columns
    ranked = [shown[one.output] for one in plan.sort if one.output < len(shown)]
    return [name for name in ranked if name is not None]


def _passes_over_yes(tokens: list[Token], plan: QueryPlan, profile: Profile) -> bool:
    """Whether a column of yes and no is named that the plan has nothing of: "cancelled flights"."""
    stems, shown = [token.stem for token in tokens], plan.model_dump_json(exclude_defaults=True)
    yes = [one.name for one in profile.columns if vocabulary(profile).says_yes(one.name)]
    keys = {key for name in yes if f'"{name}"' not in shown for key in said_for_yes(name)}
    return any(tuple(stems[at : at + len(key)]) == key for key in keys for at in range(len(stems)))


def _in_kind(words: list[str], plan: QueryPlan, profile: Profile, answer: int) -> bool:
    """Whether "when" gets a time, "who" and "where" a name, and "how many" a number."""
    kind = _kind(plan, profile, answer)
    if words[0] == "when":
        return kind in {"date", "datetime", "year"}
    if words[0] in {"who", "whom", "whose", "where"}:
        name = _column(plan, profile, answer) or ""
        said = set(name.lower().replace("_", " ").split())
        return kind == "text" and not (said & _NOBODY and words[0] != "where")
    if words[:2] in (["how", "many"], ["how", "much"]):
        return kind in {"integer", "number", "year"}
    return True


def _kind(plan: QueryPlan, profile: Profile, answer: int) -> str:
    """The type of the output that answers; of a column of years, "year"."""
    if answer < len(plan.group_by) and plan.group_by[answer].bucket is not None:
        return "date"
    name = _column(plan, profile, answer)
    if name is None:
        return "number"
    column = profile.column(name)
    years = column.type == "integer" and "year" in column.name.lower()
    return "year" if years else column.type


def _column(plan: QueryPlan, profile: Profile, answer: int) -> str | None:
    """The column whose values the output that answers has; None if it has numbers of its own."""
    keys = len(plan.group_by)
    if plan.aggregates and answer >= keys:
        at = answer - keys
        one = plan.aggregates[at] if at < len(plan.aggregates) else None
        return None if one is None or one.function in _COUNTS else one.column
    if plan.group_by:
        return plan.group_by[answer].column
    names = plan.columns or [column.name for column in profile.columns]
    return names[min(answer, len(names) - 1)]
