"""Targets: what "which" and "when" ask for, or what a superlative stands before."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import is_dated
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.measures import columns_of
from worker.models.builtin.persons import asked_for

# A number with so few values can be grouped by.
_FEW = 40
_QUESTION_WORDS = {"which", "what", "who"}


def target(frame: Frame) -> None:
    """What "which" asks for, or what the superlative stands before."""
    if frame.words[0] == "when":
        frame.target = _when(frame)
    binding = _one_row(frame) or _asked(frame) or _ranked(frame)
    if binding is None:
        frame.target = frame.target or ("rows" if _named_rows(frame) else asked_for(frame))
        return
    frame.target = "rows" if _means_rows(frame, binding) else frame.key(binding)
    if frame.target == "rows" and binding.kind == "column":
        frame.mentions.extend(binding.columns)
    if frame.target is not None:
        frame.use(binding)


def _named_rows(frame: Frame) -> Binding | None:
    """The value that names the rows of "unit with the lowest sale price"."""
    best = frame.superlative
    before, after = (frame.before(best), frame.after(best)) if best is not None else (None, None)
    if best is None or frame.target is not None:
        return None
    beside = after is not None and after.kind == "value" and after.start == best.end
    if best.kind == "adjective" and beside:
        return after  # "cheapest unit"
    if before is None or before.kind != "value":
        return None
    alone = all(
        b.kind in {"filler", "title", "list"} for b in frame.reading if b.end <= before.start
    )
    return before if alone and frame.words_between(before, best) & {"with", "has", "had"} else None


def _means_rows(frame: Frame, binding: Binding) -> bool:
    """Whether single rows are asked for: "which day", "which country" where each has one row."""
    if frame.is_rows(binding):
        return True
    best, step = frame.superlative, frame.vocab.step
    if best is None:
        return False
    if binding.kind == "column" and len(binding.columns) == 1:
        return frame.vocab.is_unique(binding.columns[0])
    measured = best.kind == "adjective" or best.name in {"extreme_high", "extreme_low"}
    counted = bool(best.values) or frame.has("count") or frame.has("function")
    dated = binding.kind == "bucket" and binding.name == "day"
    dated = dated and (step == "day" or (step is None and not _adds_up(frame, best)))
    return dated and measured and not counted


def _adds_up(frame: Frame, best: Binding) -> bool:
    """Whether days are told by what adds up, so that the one with the most in all is meant."""
    spoken = columns_of(frame.vocab, best.sense) if best.kind == "adjective" and best.sense else ()
    named = {name for b in frame.free("column") for name in b.columns} or set(spoken)
    return not named or any(map(frame.vocab.is_additive, named))


def _one_row(frame: Frame) -> Binding | None:
    """The row noun of "the species of the heaviest penguin": one row is asked for."""
    best = frame.superlative
    if best is None or best.kind != "adjective" or frame.has("function") or frame.limit:
        return None
    noun = frame.after(best)
    single = noun is not None and not noun.said.lower().endswith("s")
    return noun if noun and single and noun.kind != "column" and frame.is_rows(noun) else None


def is_key(frame: Frame, binding: Binding | None) -> bool:
    """Whether a binding is something to group by: no number, but a period or the rows."""
    if binding is None:
        return False
    if binding.kind == "column":
        year = frame.vocab.year_column
        numbers = [n for n in binding.columns if frame.vocab.is_number(n)]
        return not numbers or (year is not None and numbers == [year.name] == [*binding.columns])
    return binding.kind in {"bucket", "entity"}


def _asked(frame: Frame) -> Binding | None:
    for at, word in enumerate(frame.words):
        if word not in _QUESTION_WORDS:
            continue
        mark = Binding(at, at + 1, "filler", word)
        noun = frame.before(mark)
        if word == "who" and noun is not None and noun.kind in {"entity", "column", "value"}:
            continue  # "members who joined"
        found = frame.after(mark, "most", "adjective", "distinct", "number", "ends", "list")
        dated = found and any(is_dated(frame.vocab, name) for name in found.columns)
        yes = found is not None and any(map(frame.vocab.says_yes, found.columns))
        if yes and word != "what":
            continue  # which member is not told by who is one
        if found and is_key(frame, found) and not (word == "who" and dated):
            return found
        if found and _has_most_rows(frame, found):
            return found
    return None


def _has_most_rows(frame: Frame, number: Binding) -> bool:
    """Whether a number is asked for that most rows have: "at what speed limit do most happen"."""
    best = frame.superlative
    rows = frame.after(best) if best is not None and best.name in {"most", "least"} else None
    few = [frame.vocab.profile.column(name).distinct <= _FEW for name in number.columns]
    return rows is not None and frame.is_rows(rows) and few == [True]


def _when(frame: Frame) -> str:
    year = frame.vocab.year_column
    if frame.vocab.date is None and year is None:
        raise Abstention(f"{frame.vocab.profile.title} has no dates.", bound=frame.weight)
    if frame.vocab.date is None and year is not None:
        frame.mentions.append(year.name)
    return "rows"


def _ranked(frame: Frame) -> Binding | None:
    """The noun of "wettest month", or the one of "month with the most rain"."""
    best = frame.superlative or next(iter(frame.free("ends")), None)
    if best is None or frame.target is not None:
        return None
    after = frame.after(best, "number", "most", "ends")
    before = _linked(frame, best)
    if before and best.name in {"most", "least"} and after and after.kind == "entity":
        return before  # "city with the most sales"
    named = after and is_key(frame, after) and after not in frame.used
    if named and after and "by" not in frame.words_between(best, after):
        return after
    row = frame.at(after.end) if after and after.kind == "column" else None
    if row is not None and row.kind == "entity" and "by" not in frame.words:
        return row  # "lowest calorie recipe"
    return before


def _linked(frame: Frame, best: Binding) -> Binding | None:
    """The noun that what ranks is said of: "month with the most rain"."""
    before = frame.before(best)
    if before is None or not is_key(frame, before) or before in frame.used:
        return None
    linked = frame.words_between(before, best) & {"with", "has", "had", "having", "that", "the"}
    return before if linked else None
