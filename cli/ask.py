"""`tailrace ask`: one question, its steps as they happen, its answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from cli import answer
from cli.client import USAGE, Client
from cli.errors import CommandError
from cli.messages import Message
from cli.owner import Owner
from cli.text import plain

ANSWERED, FAILED, NO_ANSWER, STOPPED = 0, 1, 3, 130
_NO_ANSWER_TYPES = frozenset({"cannot_answer", "unrelated_response", "clarification"})
_DOING = {
    "intent": "Reading the question",
    "plan": "Planning the query",
    "query": "Running the query",
    "insight": "Writing the answer",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, and how its answer is wanted.

    With `goes_on` the question belongs to the latest conversation. `receipt` is where the answer's
    receipt is to be written; None for nowhere.
    """

    question: str
    dataset: str = ""
    goes_on: bool = False
    receipt: Path | None = None
    as_json: bool = False


def run(url: str, wish: Wish) -> int:
    """Ask, follow, print; returns the exit code. Ctrl-C cancels the job on the server."""
    with Client(url, owner=Owner(url)) as client:
        if wish.dataset:
            _check_dataset(client, wish.dataset)
        conversation = _latest(client) if wish.goes_on else ""
        task_id = client.ask(wish.question, wish.dataset, conversation)
        try:
            last = _last(client.follow(task_id)) if wish.as_json else _watch(client, task_id)
        except KeyboardInterrupt:
            return _cancel(client, task_id)
    if last["type"] != "completed":
        raise CommandError(plain(str(last["content"])), FAILED)
    result: dict[str, Any] = last["data"]["result"]
    try:
        # First: whoever reads the answer may stop in the middle of it.
        if wish.receipt is not None:
            _write_receipt(wish.receipt, result)
    finally:
        if wish.as_json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            answer.show(Console(), result)
    return NO_ANSWER if result["type"] in _NO_ANSWER_TYPES else ANSWERED


def _latest(client: Client) -> str:
    conversation = client.latest_conversation()
    if conversation is None:
        raise CommandError("There is no conversation to continue yet: ask without -c.", USAGE)
    return conversation


def _write_receipt(path: Path, result: dict[str, Any]) -> None:
    if result["receipt"] is None:
        raise CommandError("No query was run, so there is no receipt.", NO_ANSWER)
    try:
        path.write_text(json.dumps(result["receipt"], ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}.", USAGE) from None


def _check_dataset(client: Client, dataset: str) -> None:
    known = [str(found["id"]) for found in client.datasets()]
    if dataset not in known:
        choice = ", ".join(known) or "none yet"
        raise CommandError(f"There is no dataset {dataset!r}. There is: {choice}.", USAGE)


def _cancel(client: Client, task_id: str) -> int:
    try:
        state = client.cancel(task_id)
    except CommandError as error:
        raise CommandError(f"Stopped watching; the job may go on. {error}", STOPPED) from None
    over = state in {"succeeded", "failed"}
    print("It had already ended." if over else "Cancelled on the server.", file=sys.stderr)
    return STOPPED


def _last(messages: Iterable[Message]) -> Message:
    *_, last = messages
    return last


def _watch(client: Client, task_id: str) -> Message:
    """Show messages on standard error as they come; the last one."""
    console = Console(stderr=True)
    screen = _Screen(console)
    with Live(screen, console=console, transient=True, refresh_per_second=10):
        for message in client.follow(task_id, screen.say):
            screen.take(message)
    return message


class _Screen:
    """What is finished, as lines above; what is under way, below them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._spinner = Spinner("dots", "Waiting")
        self._writing = ""
        self._attempt = 0

    def __rich__(self) -> Group:
        """What Live shows."""
        parts: list[Spinner | Text] = [self._spinner]
        if self._writing:
            parts.append(Text(self._writing))
        return Group(*parts)

    def say(self, sentence: str) -> None:
        """A line among those that are finished."""
        self._console.print(Text(f"· {plain(sentence)}", style="dim"))

    def take(self, message: Message) -> None:
        """Bring the screen up to date with a message."""
        kind, data = str(message["type"]), message["data"]
        if message["attempt"] != self._attempt:
            # The text of an earlier attempt is void.
            self._attempt, self._writing = message["attempt"], ""
        if kind == "insight_delta":
            self._writing += plain(str(data["text"]))
        elif kind == "step_started":
            doing = _DOING.get(str(data["step"]), str(data["step"]))
            self._spinner.update(text=doing)
        elif kind not in {"insight_generated", "completed", "failed", "cancelled"}:
            self.say(str(message["content"]))
