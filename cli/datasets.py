"""`tailrace datasets`: what one may ask about, and tables of one's own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from cli.client import USAGE, Client
from cli.errors import CommandError
from cli.messages import Message
from cli.tables import TableClient
from cli.text import plain

STOPPED = 130


def run(url: str, *, as_json: bool) -> int:
    """Print the list; returns the exit code."""
    with TableClient(url) as client:
        found = client.datasets()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    table = Table()
    # An id is there to be copied: it is never cut.
    longest = max((len(dataset["id"]) for dataset in found), default=0)
    table.add_column("dataset", no_wrap=True, min_width=longest)
    table.add_column("what it is")
    for column in ("rows", "columns"):
        table.add_column(column, justify="right")
    for dataset in found:
        texts = [str(dataset[name]) for name in ("id", "title", "rows", "columns")]
        table.add_row(*(Text(plain(text)) for text in texts))
    Console().print(table)
    return 0


def add(url: str, path: Path, title: str, replaces: str, *, as_json: bool) -> int:
    """Send a file, show how far it is, print the report; returns the exit code."""
    fields = {"title": title, "dataset_id": replaces}
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        console=Console(stderr=True),
        transient=True,
        disable=as_json,
    )
    with TableClient(url) as client, progress:
        bar = progress.add_task(f"Sending {plain(path.name)}", total=1.0)
        with _opened(path) as file:
            sending = _Sending(file, progress, bar)
            started = client.add(
                path.name, sending, {name: value for name, value in fields.items() if value}
            )
        try:
            last = _watched(client, started["task_id"], progress, bar)
        except KeyboardInterrupt:
            client.cancel(started["task_id"])
            print("Stopped; nothing was kept.", file=sys.stderr)
            return STOPPED
    if last["type"] != "completed":
        raise CommandError(plain(str(last["content"])), 1)
    result: dict[str, Any] = last["data"]["result"]
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _print_report(Console(), result)
    return 0


def show(url: str, dataset: str, *, as_json: bool) -> int:
    """Print what is known of a table; returns the exit code."""
    with TableClient(url) as client:
        found = client.profile(dataset)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    console = Console()
    console.print(Text(f"{plain(found['title'])}: {found['rows']:,} rows", style="bold"))
    for sentence in filter(None, [found["description"], *found["problems"]]):
        console.print(Text(plain(sentence)))
    table = Table("column", "type", "unit", "empty", "distinct", "from", "to")
    for column in found["columns"]:
        names = ("name", "type", "unit", "nulls", "distinct", "minimum", "maximum")
        values = (column[name] for name in names)
        table.add_row(*(Text("" if one is None else plain(str(one))) for one in values))
    console.print(table)
    return 0


def remove(url: str, dataset: str) -> int:
    """Remove a table of one's own; returns the exit code."""
    with TableClient(url) as client:
        client.remove(dataset)
    print(f"Removed {plain(dataset)}.")
    return 0


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", USAGE) from None


class _Sending:
    """A file that shows how much of it was read."""

    def __init__(self, file: IO[bytes], progress: Progress, bar: TaskID) -> None:
        self._file = file
        self._progress = progress
        self._bar = bar
        self._size = max(os.fstat(file.fileno()).st_size, 1)

    def fileno(self) -> int:
        """The file's, by which its size is found."""
        return self._file.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move: a file that must be sent again is sent from its start."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._file.read(size)
        self._progress.update(self._bar, completed=self._file.tell() / self._size)
        return chunk


def _watched(client: Client, task_id: str, progress: Progress, bar: TaskID) -> Message:
    """Follow the job, and show how far it is; its last message."""
    progress.update(bar, description="Waiting for a worker", completed=0.0)
    for message in client.follow(task_id, progress.console.print):
        said = plain(str(message["content"]))
        if message["type"] == "progress":
            progress.update(bar, description=said, completed=message["data"]["fraction"])
        elif message["type"] == "step_started":
            progress.update(bar, description=said, completed=0.0)
    return message


def _print_report(console: Console, result: dict[str, Any]) -> None:
    console.print(Text(plain(result["answer"]), style="bold"))
    for sentence in result["understood"]:
        console.print(Text(f"  {plain(sentence)}", style="dim"))
    for problem in result["problems"]:
        console.print(Text(f"! {plain(problem)}"))
    for lost in result["rejected"]:
        line = f"  line {lost['line']}: {lost['reason']}: {lost['text']}"
        console.print(Text(plain(line), style="dim"))
    console.print(Text(f'Ask: tailrace ask --dataset {result["dataset"]} "..."'))
