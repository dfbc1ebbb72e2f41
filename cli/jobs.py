"""`tailrace jobs`: the operator's view of the queue, straight from the job store."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.errors import CommandError
from cli.text import plain
from shared.errors import TailraceError
from shared.event_log import EventLog
from shared.jobs import Job, Jobs
from shared.overview import DeadLetter, Overview
from shared.settings import Settings
from shared.store import connect

MOST = 200
_SHORT = 60


class Desk:
    """The commands over one store; every method returns the exit code or raises CommandError."""

    def __init__(self, settings: Settings, *, as_json: bool) -> None:
        store = connect(settings)
        self._jobs, self._log = Jobs(store, settings), EventLog(store)
        self._overview = Overview(store, settings)
        self._as_json = as_json

    def show_all(self) -> int:
        """All unfinished jobs."""
        jobs = self._overview.unfinished(MOST)
        now_ms = self._overview.now_ms()
        rows = [
            (job.id, str(job.state), job.attempt, age(now_ms - job.created_ms), job.question)
            for job in jobs
        ]
        return self._print(jobs, ("job", "state", "attempt", "age", "question"), rows)

    def dead(self) -> int:
        """The failed jobs of the last days, and why each failed."""
        letters = self._overview.dead(MOST)
        now_ms = self._overview.now_ms()
        rows = [
            (each.id, each.reason, each.attempt, age(now_ms - each.failed_ms), each.question)
            for each in letters
        ]
        return self._print(letters, ("job", "reason", "attempts", "failed", "question"), rows)

    def show(self, job_id: str) -> int:
        """One job with its events; of a failed one whose log has gone, what is left."""
        job, letter = self._overview.job(job_id), self._overview.letter(job_id)
        if job is None and letter is None:
            raise no_job(job_id)
        found: dict[str, Any] = dataclasses.asdict(job or letter)  # type: ignore[arg-type]
        found["events"] = [event.message for event in self._log.read(job_id, -1)]
        if self._as_json:
            print(json.dumps(found, ensure_ascii=False))
            return 0
        for name, value in found.items():
            if name not in {"events", "inputs"}:
                print(f"{name:15} {plain(str(value))}")
        for event in found["events"]:
            print(f"{event['at']}  {event['type']:17} {plain(event['content'])}")
        return 0

    def cancel(self, job_id: str) -> int:
        """End a job for good; a finished one stays as it ended."""
        state = self._jobs.cancel_by_operator(job_id)
        if state is None:
            raise no_job(job_id)
        return self._say({"job": job_id, "state": state}, f"{job_id}: {state}")

    def retry(self, job_id: str) -> int:
        """Ask a failed job's question anew."""
        letter = self._overview.letter(job_id)
        if letter is None:
            raise CommandError(f"{plain(job_id)} is no failed job: see `tailrace jobs dead`.")
        accepted = self._overview.ask_again(letter)
        told = {"job": accepted.job_id, "again": job_id}
        return self._say(told, f"asked again as {accepted.job_id}")

    def _say(self, told: dict[str, Any], line: str) -> int:
        print(json.dumps(told) if self._as_json else line)
        return 0

    def _print(
        self, found: list[Job] | list[DeadLetter], names: tuple[str, ...], rows: list[Any]
    ) -> int:
        if self._as_json:
            print(json.dumps([dataclasses.asdict(each) for each in found], ensure_ascii=False))
            return 0
        table = Table()
        for name in names:
            # An id is there to be copied: it is never cut.
            table.add_column(name, no_wrap=name == "job", min_width=36 if name == "job" else None)
        for row in rows:
            table.add_row(*(Text(plain(str(cell))[:_SHORT]) for cell in row))
        Console().print(table)
        return 0


def run(settings: Settings, command: str, job_id: str = "", *, as_json: bool) -> int:
    """One of the commands; returns the exit code."""
    desk = Desk(settings, as_json=as_json)
    commands: dict[str, Callable[[], int]] = {
        "list": desk.show_all,
        "dead": desk.dead,
        "show": lambda: desk.show(job_id),
        "cancel": lambda: desk.cancel(job_id),
        "retry": lambda: desk.retry(job_id),
    }
    try:
        return commands[command]()
    except TailraceError as error:
        raise CommandError(str(error), 4) from None


def no_job(job_id: str) -> CommandError:
    """What to say of an id nobody knows."""
    return CommandError(f"There is no job {plain(job_id)}; it may have expired.")


def age(ms: int) -> str:
    """A duration as people read it."""
    seconds = max(ms, 0) // 1000
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h"
