"""The peer of first_event.py: what one writes first.

A Flask handler that subscribes, calls `apply_async`, and streams what the task publishes. No job
record, no log, no lease, no owner, no way to come back.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator

import redis
from celery import Celery
from flask import Flask, Response

URL = os.environ["BENCH_REDIS_URL"]

celery = Celery("bare", broker=URL)
celery.conf.update(
    task_ignore_result=True,
    task_default_queue="bare",
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
store = redis.Redis.from_url(URL)
app = Flask(__name__)


@celery.task(name="bare.answer")
def answer(channel: str) -> None:
    """One PUBLISH."""
    store.publish(channel, "started")


@celery.task(name="bare.count")
def count() -> None:
    """One INCR."""
    store.incr("bench:done")


@app.post("/ask")
def ask() -> Response:
    """Subscribe, enqueue, stream the first event."""
    channel = uuid.uuid4().hex
    pubsub = store.pubsub(ignore_subscribe_messages=False)
    pubsub.subscribe(channel)
    pubsub.get_message(timeout=5)
    answer.apply_async((channel,))

    def events() -> Iterator[bytes]:
        yield b": open\n"
        while (message := pubsub.get_message(timeout=10)) is None:
            pass
        yield b"data: %b\n\n" % message["data"]
        pubsub.close()

    return Response(events(), content_type="text/event-stream")


@app.get("/healthz")
def healthz() -> str:
    """The process answers."""
    return "ok"


if __name__ == "__main__":
    celery.worker_main(
        ["worker", "--pool=threads", "--concurrency=8", "--without-mingle", "--without-gossip",
         "--loglevel=ERROR", *sys.argv[1:]]
    )  # fmt: skip
