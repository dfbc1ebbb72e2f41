"""When each stream is due for a look: a timer wheel, turned by one tick for all."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class Spoke(Protocol):
    """What is put on a wheel."""

    #: The slot it is in; the wheel's own.
    slot: int


T = TypeVar("T", bound=Spoke)


class Wheel(Generic[T]):
    """Holds things until as many turns have passed as were asked for, less than `turns`."""

    def __init__(self, turns: int) -> None:
        self._slots: list[set[T]] = [set() for _ in range(turns)]
        #: Turns so far.
        self.now = 0

    def put(self, thing: T, after: int) -> None:
        """Have it come up after so many turns."""
        thing.slot = (self.now + after) % len(self._slots)
        self._slots[thing.slot].add(thing)

    def remove(self, thing: T) -> None:
        """Have it not come up."""
        self._slots[thing.slot].discard(thing)

    def turn(self) -> set[T]:
        """One turn on: what comes up now."""
        self.now += 1
        slot = self.now % len(self._slots)
        due, self._slots[slot] = self._slots[slot], set()
        return due
