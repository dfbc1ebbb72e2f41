"""The one Celery task: it hears the bell and lets the executor answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery


def register(app: Celery, name: str, run: Callable[[str], str]) -> None:
    """Have `app` call `run` with the id of every bell it hears."""

    @app.task(name=name, bind=True)
    def answer(self: Any) -> str:
        return run(self.request.id)
