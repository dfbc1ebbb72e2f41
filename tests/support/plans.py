"""Plans of interruptions: what is written when, where a viewer resumes and where it breaks off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from shared.event_log import PAGE

LONG = settings.get_current_profile_name() == "long"
#: The same plans in every run, unless `--hypothesis-profile long` asks for more and others.
PLANNED = settings(
    max_examples=settings().max_examples if LONG else 20,
    derandomize=not LONG,
    # What hangs would be tried over and over to make it smaller.
    phases=set(Phase) if LONG else {Phase.explicit, Phase.generate},
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Texts of events to be written in one call of the script, or just how many events.
Batch = list[str] | int
Where = Literal["own", "none", "foreign", "beyond"]
End = Literal["succeeded", "failed", "cancelled"]

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=4)
#: Now and then more events than are read from the log at a time.
BATCHES: st.SearchStrategy[Batch] = TEXTS | TEXTS | TEXTS | st.just(PAGE + 30)
#: In the head, in its first event, later, or not at all.
CUTS = st.none() | st.integers(0, 900) | st.integers(0, 3000) | st.integers(0, 60_000)
WHERE: st.SearchStrategy[Where] = st.sampled_from(
    ["own", "own", "own", "none", "foreign", "beyond"]
)
ENDS: st.SearchStrategy[End] = st.sampled_from(["succeeded", "failed", "cancelled"])


@dataclass(frozen=True)
class Step:
    """One attempt: from where, what is written before it and while it lasts, and where it breaks.

    With no `cut` it lasts until it has brought all there is. `again` chooses between two ways to
    resume, where a transport has them.
    """

    before: Batch
    during: Batch
    where: Where
    cut: int | None
    again: bool


STEPS = st.lists(st.builds(Step, BATCHES, BATCHES, WHERE, CUTS, st.booleans()), max_size=4)
