"""Alternatives: the two sides of an "or", as values of one column or as conditions."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame


def alternatives(frame: Frame) -> None:
    """Take the conditions on both sides of an "or" together; raises Abstention if it is unclear."""
    for at, word in enumerate(frame.words):
        own = frame.at(at)
        if word != "or" or (own is not None and own.kind != "filler"):
            continue
        mark = Binding(at, at + 1, "filler", word)
        left, right = frame.before(mark, "entity", "bucket"), frame.after(mark, "not")
        if left and right and left.kind == right.kind == "value" and _same(left, right):
            continue
        if frame.compare is None and not _joined(frame, at):
            raise Abstention("I can't combine these conditions with “or”.", bound=frame.weight)


def _same(left: Binding, right: Binding) -> bool:
    return bool({v.column for v in left.values} & {v.column for v in right.values})


def _joined(frame: Frame, at: int) -> bool:
    """Take the nearest condition on each side; with an "and" besides, nobody knows which go."""
    if len(frame.starts) != len(frame.filters) or "and" in frame.words or frame.any_of:
        return False
    picked = sorted(zip(frame.starts, frame.filters, strict=True), key=lambda pair: pair[0])
    before = [one for start, one in picked if start < at]
    after = [one for start, one in picked if start > at]
    if not before or len(after) != 1 or before[-1].column == after[0].column:
        return False
    if before[-1].operator in {"above", "below"} or after[0].operator in {"above", "below"}:
        return False
    frame.any_of.append([before[-1], after[0]])
    frame.filters = [one for one in frame.filters if one not in frame.any_of[0]]
    frame.starts = []
    return True
