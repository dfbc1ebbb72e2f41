"""What a request costs at least: a bare Flask handler, and one that calls `apply_async`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from flask import Flask

celery = Celery("bare", broker=os.environ["BENCH_REDIS_URL"])
celery.conf.task_ignore_result = True
app = Flask(__name__)


@celery.task(name="bare.nothing")
def nothing(question: str) -> None:
    """Never run: there is no worker."""


@app.get("/bare")
def bare() -> dict[str, Any]:
    """Nothing but an answer."""
    return {"status": "processing"}


@app.post("/ask")
def ask() -> tuple[dict[str, Any], int]:
    """File a task."""
    return {"task_id": nothing.apply_async(("How wet?",)).id}, 202
