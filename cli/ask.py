"""`tailrace ask`: one question, its steps as they happen, its answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.markdown import Markdown
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from cli.client import USAGE, Client, Message
from cli.errors import CommandError
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


def run(url: str, question: str, dataset: str, *, as_json: bool) -> int:
    """Ask, follow, print; returns the exit code. Ctrl-C cancels the job on the server."""
    with Client(url, owner=Owner(url)) as client:
        if dataset:
            _check_dataset(client, dataset)
        task_id = client.ask(question, dataset)
        try:
            messages = client.follow(task_id)
            last = _last(messages) if as_json else _watch(messages)
        except KeyboardInterrupt:
            return _cancel(client, task_id)
    if last["type"] != "completed":
        raise CommandError(plain(str(last["content"])), FAILED)
    result: dict[str, Any] = last["data"]["result"]
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _print_result(Console(), result)
    return NO_ANSWER if result["type"] in _NO_ANSWER_TYPES else ANSWERED


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


def _watch(messages: Iterable[Message]) -> Message:
    """Show messages on standard error as they come; the last one."""
    console = Console(stderr=True)
    screen = _Screen(console)
    with Live(screen, console=console, transient=True, refresh_per_second=10):
        for message in messages:
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
            self._console.print(Text(f"· {plain(str(message['content']))}", style="dim"))


def _print_result(console: Console, result: dict[str, Any]) -> None:
    """The answer, its table, who planned it, and what else could be asked."""
    console.print(Markdown(plain(str(result["answer"]))))
    if result["table"]:
        console.print(_table(result["table"]))
    for suggestion in result["suggestions"]:
        console.print(Text(f"  try: {plain(str(suggestion))}", style="dim"))
    about = f" on {result['dataset']}" if result["dataset"] else ""
    console.print(Text(f"Planned by {plain(str(result['planner']))}{about}.", style="dim"))


def _table(data: dict[str, Any]) -> Table:
    rows = data["rows"]
    caption = f"{len(rows)} of {data['total_rows']} rows" if data["truncated"] else None
    table = Table(caption=caption)
    for position, column in enumerate(data["columns"]):
        numeric = any(isinstance(row[position], int | float) for row in rows)
        table.add_column(Text(plain(str(column))), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    return table


def _cell(value: Any) -> str:
    """A value as a person reads it; --json has every digit."""
    if value is None:
        return ""
    if isinstance(value, float):
        rounded = round(value, 2) if abs(value) >= 1 else float(f"{value:.3g}")
        return f"{rounded:g}" if abs(rounded) < 1 else f"{rounded:.2f}".removesuffix(".00")
    return plain(str(value))
