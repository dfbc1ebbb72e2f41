"""What Celery calls: the one task, which hears the bell, and `revoke`, which cancels a job."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import Celery
from celery.worker.control import Panel
from kombu.exceptions import OperationalError

from shared.errors import Unavailable
from shared.jobs import Jobs

Run = Callable[[str, Callable[[str], None]], str]


def register(app: Celery, name: str, run: Run) -> None:
    """Have `app` call `run` with the id of every bell it hears, and a way to show the job."""

    @app.task(name=name, bind=True)
    def answer(self: Any) -> str:
        bell_id = self.request.id

        def show(job_id: str) -> None:
            # A bell is a ticket: monitors learn which job it got when it is not the one it named.
            if job_id != bell_id:
                with suppress(OperationalError):
                    self.send_event("task-started", retry=False, args=f"('{job_id}',)")

        return run(bell_id, show)


def revoke_cancels(jobs: Jobs) -> None:
    """Have Celery's `revoke`, from whatever tool, cancel the job of that id for good.

    Celery's own would only make workers deaf to the bell, until they restart; and with threads it
    cannot stop a running task.
    """

    def revoke(state: Any, task_id: str | list[str], **_: Any) -> dict[str, str]:  # noqa: ARG001
        ids = [task_id] if isinstance(task_id, str) else task_id
        try:
            states = [jobs.cancel_by_operator(job_id) for job_id in ids]
        except Unavailable as error:
            return {"error": str(error)}
        found = (
            f"{job_id}: {now or 'no such job'}" for job_id, now in zip(ids, states, strict=True)
        )
        return {"ok": ", ".join(found)}

    Panel.data["revoke"] = revoke
