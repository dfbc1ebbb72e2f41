"""The agent without an executor: its steps run in order, its events kept in a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.conversations import PastTurn
from shared.datasets import Profile
from worker.agent.context import Context, StopSignal
from worker.agent.costs import with_cost
from worker.agent.pipeline import STEPS
from worker.agent.results import Answer, QueryResult, Table
from worker.models.builtin.intent import understand
from worker.models.chat import ChatModel, Meter, Parsed, Spending
from worker.query.engine import QueryEngine
from worker.steps import Done


class NeverStopped:
    """A stop signal that never comes."""

    def check(self) -> None:
        """Go on."""

    def on_stop(self, callback: Callable[[], None]) -> AbstractContextManager[None]:
        """Nothing to call back for."""
        return nullcontext()


@dataclass
class ScriptedModel:
    """A model that says what the test tells it to; an exception in the script is raised."""

    reading: Any = None
    text: list[str | Exception] = field(default_factory=list)
    name: str = "scripted"
    calls: list[str] = field(default_factory=list)
    spending: Spending = field(default_factory=Spending)

    def parse(
        self,
        messages: list[dict[str, Any]],
        schema: type[Parsed],
        *,
        stop: StopSignal,
        meter: Meter,
        check: Callable[[Parsed], object] | None = None,
    ) -> Parsed:
        """The scripted reading."""
        self.calls.append("parse")
        meter.add(100, 20)
        if isinstance(self.reading, Exception):
            raise self.reading
        parsed = schema.model_validate(self.reading)
        if check is not None:
            check(parsed)
        return parsed

    def stream(
        self, messages: list[dict[str, Any]], *, stop: StopSignal, meter: Meter
    ) -> Iterator[str]:
        """The scripted text."""
        self.calls.append("stream")
        meter.add(30, 5)
        for piece in self.text:
            if isinstance(piece, Exception):
                raise piece
            yield piece


@dataclass(frozen=True)
class Asked:
    """What came of a question: the answer, the events as (type, content, data), the steps run."""

    answer: Answer
    events: list[tuple[str, str, dict[str, Any]]]
    done: Done

    def streamed(self) -> str:
        """The text that was shown while the answer was written."""
        return "".join(data["text"] for kind, _, data in self.events if kind == "insight_delta")


def past(question: str, asked: Asked) -> PastTurn:
    """A question and what came of it, as the store gives them to the turn after it."""
    planned = asked.done.get("plan")
    final = {"data": {"result": asked.answer.model_dump(mode="json")}}
    return PastTurn.from_stored(
        question.encode(),
        (asked.answer.dataset or "").encode(),
        planned.model_dump_json().encode() if planned else None,
        json.dumps(final).encode(),
    )


@dataclass(frozen=True)
class Agent:
    """The tables, the engine over them, where their rows are, and a way to ask."""

    datasets: Mapping[str, Profile]
    engine: QueryEngine
    data_dir: Path

    def plans(self, question: str, dataset_id: str) -> bool:
        """Whether the rules have a plan for a question, which is when it gets a table."""
        stop = NeverStopped()
        read = understand(
            question, self.datasets, dataset_id, lambda profile: self.engine.small(profile, stop)
        )
        return read.planned is not None

    def ask(
        self,
        question: str,
        dataset_id: str | None = None,
        chat: ChatModel | None = None,
        **more: Any,
    ) -> Asked:
        """Run the steps as the executor does; `more` are further members of the context."""
        events: list[tuple[str, str, dict[str, Any]]] = []
        done: Done = {}
        context = self._context(question, dataset_id, events, chat, **more)
        for result in self._steps(context, done, events):
            answer = result if isinstance(result, Answer) else result.answer
            if answer is not None:
                return Asked(with_cost(context, answer), events, done)
        raise AssertionError("the last step gives an answer")

    def find(self, question: str, dataset_id: str) -> Table | str:
        """The result of a question's query, before anything is written; or what is said instead."""
        done: Done = {}
        for result in self._steps(self._context(question, dataset_id, []), done, []):
            if isinstance(result, QueryResult):
                return result.table
            if result.answer is not None:
                return str(result.answer.answer)
        raise AssertionError("there is a query or an answer")

    def _context(
        self,
        question: str,
        dataset_id: str | None,
        events: list[tuple[str, str, dict[str, Any]]],
        chat: ChatModel | None = None,
        **more: Any,
    ) -> Context:
        return Context(
            question=question,
            dataset_id=dataset_id,
            datasets=self.datasets,
            engine=self.engine,
            chat=chat,
            emit=lambda kind, content, data: events.append((kind, content, data)),
            stop=NeverStopped(),
            **more,
        )

    def _steps(
        self, context: Context, done: Done, events: list[tuple[str, str, dict[str, Any]]]
    ) -> Iterator[Any]:
        """What each step came to, read again from its JSON as the executor does."""
        for step in STEPS:
            events.append(("step_started", step.progress(context, done), {"step": step.name}))
            ran = step.run(context, done)
            done[step.name] = step.model.model_validate_json(ran.model_dump_json())
            events.append((step.event, *step.describe(context, done[step.name])))
            yield done[step.name]
