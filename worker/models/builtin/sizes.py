"""Sizes: the numbers of a question that are no conditions: top 5, the 90th percentile, 3 months."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame
from worker.query.plan import GroupBy

_DEFAULT_TOP = 10
_BINS = 10
_CALENDAR = {"month_of_year": "month"}


def sizes(frame: Frame) -> None:
    """Give every such number its place."""
    _place(frame)
    _percentile(frame)
    _periods(frame)
    _steps(frame)
    _limit(frame)


def _place(frame: Frame) -> None:
    """The 2 of "second highest", "2nd most expensive": it stands right before what ranks."""
    for word in [*frame.all("nth"), *frame.all("ordinal")]:
        best = frame.after(word)
        if best is None or best.start != word.end or best.kind not in {"most", "adjective"}:
            continue
        number = frame.before(word) if word.kind == "ordinal" else None
        if word.kind == "nth":
            frame.place = int(word.name)
        elif number is not None and number.kind == "number" and _whole(number):
            frame.place = int(number.number or 0)
        frame.use(word, number)


def _percentile(frame: Frame) -> None:
    """The 90 of "90th percentile"."""
    for binding in frame.all("percentile"):
        ordinal = frame.before(binding)
        number = frame.before(ordinal) if ordinal and ordinal.kind == "ordinal" else ordinal
        if number is None or number.kind != "number" or not 0 <= (number.number or -1) <= 100:
            raise Abstention("Which percentile? Say the 90th percentile, for example.", bound=1)
        frame.percent = number.number
        frame.use(binding, number, ordinal)


def _periods(frame: Frame) -> None:
    """The 3 months of a moving average, which are also what it goes by."""
    moving = [b for b in frame.all("along") if b.name == "moving"]
    if not moving:
        return
    for number in frame.free("number"):
        unit = frame.after(number)
        key = frame.key(unit) if unit and unit.start == number.end and _whole(number) else None
        if key is not None and key.bucket is not None:
            frame.size = number.number
            frame.use(number, unit)
            frame.groups.append(calendar(key))
            return


def _steps(frame: Frame) -> None:
    """The width of the steps of a histogram, and its unit."""
    for steps in frame.all("steps"):
        number = frame.after(steps)
        if number is not None and number.kind == "number" and (number.number or 0) > 0:
            frame.size = number.number
            frame.use(steps, number)


def steps_of(frame: Frame) -> dict[str, float]:
    """How a number is cut into steps, as members of a group: as asked for, or into about ten."""
    return {"width": frame.size} if frame.size else {"bins": _BINS}


def _limit(frame: Frame) -> None:
    """The N of "top N", "N hottest", "first N"."""
    for binding in frame.free("number"):
        for other in (frame.before(binding), frame.after(binding, "entity", "bucket", "column")):
            if other and other.kind in {"most", "adjective", "ends"} and _whole(binding):
                follows = frame.after(binding)
                if "than" in frame.words_between(other, binding) or (
                    follows and follows.kind == "unit"
                ):
                    continue
                frame.limit = int(binding.number or 0)
                frame.use(binding)
                break
    tops = [
        b
        for b in frame.all("most")
        if b.name in {"top", "bottom"}
        and not (b.said.lower() in {"best", "worst"} and _is_one(frame, b))
    ]
    if tops and frame.limit is None:
        frame.limit = _DEFAULT_TOP


def _is_one(frame: Frame, best: Binding) -> bool:
    """Whether one is asked for: "best year of each farm"."""
    noun = frame.after(best)
    return (
        noun is not None and noun.kind in {"bucket", "entity", "column"} and noun.said[-1:] != "s"
    )


def _whole(binding: Binding) -> bool:
    return binding.number is not None and binding.number.is_integer() and binding.number > 0


def calendar(key: GroupBy) -> GroupBy:
    """The key as a period that follows on another: calendar months, not months of the year."""
    return key.model_copy(update={"bucket": _CALENDAR.get(key.bucket or "", key.bucket)})
