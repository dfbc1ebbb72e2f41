"""Checkpoints: what earlier attempts finished, as far as it was made from the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from shared.conversations import PastTurn
from shared.datasets import Profile
from worker.agent.context import Context
from worker.agent.pipeline import STEPS
from worker.agent.results import IntentResult
from worker.checkpoints import Saved, digest, surroundings
from worker.models.chat import ChatModel


class Named:
    """A model, as far as its name goes."""

    name = "another"


def table(name: str, version: str) -> Profile:
    """A profile of a version."""
    members = {"id": name, "title": name, "version": version, "source": "", "rows": 0}
    return Profile.model_validate({**members, "columns": [], "sample": []})


CONTEXT = Context(
    question="Hot?",
    dataset_id="weather",
    datasets={"weather": table("weather", "1"), "other": table("other", "1")},
    engine=cast("Any", None),
    chat=None,
    emit=lambda *_: None,
    stop=cast("Any", None),
)
RESULT = IntentResult(kind="PARTICULAR", confidence=1, dataset_id="weather", planner="test")
CHANGES = {
    "question": replace(CONTEXT, question="Wet?"),
    "dataset": replace(CONTEXT, dataset_id="other"),
    "version of the data": replace(CONTEXT, datasets={"weather": table("weather", "2")}),
    "model": replace(CONTEXT, chat=cast("ChatModel", Named())),
    "turns before": replace(CONTEXT, history=(cast("PastTurn", "a turn"),)),
}


@pytest.fixture
def saved() -> Saved:
    """The first step, finished."""
    inputs = digest(surroundings(CONTEXT))
    return Saved({"intent": RESULT.model_dump_json().encode()}, {"intent": inputs})


@pytest.mark.parametrize("what", CHANGES)
def test_a_checkpoint_is_used_only_for_what_it_was_made_from(what: str, saved: Saved) -> None:
    kept = saved.get(STEPS[0], digest(surroundings(CONTEXT)))
    assert kept is not None
    assert kept[0] == RESULT
    assert saved.get(STEPS[0], digest(surroundings(CHANGES[what]))) is None


def test_another_table_makes_no_difference_to_a_chosen_one(saved: Saved) -> None:
    newer = {"weather": table("weather", "1"), "other": table("other", "2")}
    assert saved.get(STEPS[0], digest(surroundings(replace(CONTEXT, datasets=newer)))) is not None


def test_a_checkpoint_of_another_form_is_made_anew(saved: Saved) -> None:
    """As a newer version of the code may find it."""
    strange = Saved({"intent": b'{"unheard": "of"}'}, saved.inputs)
    assert strange.get(STEPS[0], digest(surroundings(CONTEXT))) is None
