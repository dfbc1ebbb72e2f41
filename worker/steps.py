"""Steps: the stages of a job, as pipelines name them and the executor runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

#: The results of the finished steps, by name.
Done = dict[str, Any]


class StopChecked(Protocol):
    """Has to end when it is told to."""

    def check(self) -> None:
        """Raise `worker.lease.Stopped` if it must end now."""


class StepContext(Protocol):
    """What every pipeline gives to its steps, whatever else it does."""

    @property
    def stop(self) -> StopChecked:
        """Checked between steps."""


ContextT = TypeVar("ContextT", bound=StepContext)


@dataclass(frozen=True)
class Step(Generic[ContextT]):
    """One stage of a job.

    `progress` gives the sentence of its `step_started` event, `run` its result (a `model`, stored
    as JSON), `describe` the sentence and the data of the `event` that ends it. A result that
    carries an answer, or is one, ends the job.
    """

    name: str
    model: type[BaseModel]
    event: str
    progress: Callable[[ContextT, Done], str]
    run: Callable[[ContextT, Done], BaseModel]
    describe: Callable[[ContextT, Any], tuple[str, dict[str, Any]]]
