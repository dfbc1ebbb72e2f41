"""Directions: the column where something starts or ends, "from Dover", "arrived in Oslo"."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Frame
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.value_index import Value
from worker.models.builtin.words import stem

# "Arrived in Dover", "left for Dover": the verb says where, if it is one.
_AT = {"in", "at", "for", "into"}


def directed(frame: Frame, binding: Binding, options: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values of the column where something starts or ends: "from Dover", "joined Ajax"."""
    at = binding.start - 1 - (frame.words[binding.start - 1] == "the")
    said = frame.words[at] if at >= 0 else ""
    verb = frame.at(at - 1) if said in _AT else frame.at(at)
    if verb is not None and verb.kind == "direction":
        said = verb.name
    return tuple(v for v in options if _is_direction(frame, v.column, said))


def _is_direction(frame: Frame, column: str, name: str) -> bool:
    """Whether a column tells where something starts ("from") or ends ("to")."""
    words = lexicon().directions.get(name, frozenset())
    return bool({stem(word) for word in frame.vocab.spelled[column]} & words)


def use_directions(frame: Frame) -> None:
    """Note the verbs that say no more than which column a value is of: "departed from Dover"."""
    for verb in frame.free("direction"):
        if any(_is_direction(frame, one.column, verb.name) for one in frame.filters):
            frame.use(verb)
