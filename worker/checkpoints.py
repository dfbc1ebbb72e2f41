"""Checkpoints: what earlier attempts finished, as far as it was made from the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shared.events import to_json
from worker.agent.context import Context
from worker.steps import Step


def surroundings(context: Context) -> list[Any]:
    """What the answer to a question depends on, besides the question's own steps.

    Only the chosen dataset counts, or all of them when the planner has to choose.
    """
    versions = {
        name: profile.version
        for name, profile in context.datasets.items()
        if context.dataset_id in {None, name}
    }
    model = context.chat.name if context.chat is not None else None
    return [context.question, context.dataset_id, versions, model, repr(context.history)]


def digest(value: object) -> str:
    """A short name for a value: the same for the same, and for nothing else."""
    return hashlib.sha256(to_json(value).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Saved:
    """Results of finished steps as JSON, and digests of what they were made from, by step."""

    results: Mapping[str, bytes]
    inputs: Mapping[str, str]

    def get(self, step: Step[Any], inputs: str) -> tuple[Any, str] | None:
        """The step's result, also as JSON; None when it has to be made, or made anew.

        That is also so when another version of the code wrote it in another form.
        """
        text = self.results.get(step.name)
        if text is None or self.inputs.get(step.name) != inputs:
            return None
        try:
            return step.model.model_validate_json(text), text.decode()
        except ValidationError:
            return None
