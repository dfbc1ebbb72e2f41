"""What must be true of every job's log, whatever happened to the processes that wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import redis

from shared import keys
from shared.event_log import EventLog
from shared.events import EventType
from shared.jobs import Job

FINISHES = {
    EventType.INTENT_PARSED,
    EventType.QUERY_PLANNED,
    EventType.QUERY_EXECUTED,
    EventType.INSIGHT_GENERATED,
}
TERMINAL = {"completed": "succeeded", "failed": "failed", "cancelled": "cancelled"}


def violations(store: redis.Redis, job_ids: Iterable[str]) -> list[str]:
    """Every broken promise in the logs of these jobs, which must have ended; [] is right."""
    log = EventLog(store)
    found: list[str] = []
    for job_id in job_ids:
        fields = store.hgetall(keys.JOB % job_id)
        if not fields:
            found.append(f"{job_id}: its record is gone")
            continue
        job = Job.from_fields(fields)  # type: ignore[arg-type]
        messages = [event.message for event in log.read(job_id, -1, 100_000)]
        found += [f"{job_id}: {what}" for what in wrong(job, messages)]
    return found + left_behind(store)


def wrong(job: Job, messages: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with one log."""
    if [message["seq"] for message in messages] != list(range(len(messages))):
        yield "its numbers have gaps"
    if not messages or messages[0]["type"] != "queued":
        yield "it does not begin with 'queued'"
    ends = [message["type"] for message in messages if message["type"] in TERMINAL]
    if len(ends) != 1 or messages[-1]["type"] not in TERMINAL:
        yield f"its terminal events are {ends}"
    elif TERMINAL[ends[0]] != job.state:
        yield f"its state is {job.state}, but its last event {ends[0]}"
    attempts = [message["attempt"] for message in messages]
    if attempts != sorted(attempts) or len({*attempts} - {0}) > job.attempt:
        yield f"its attempts are {attempts}"
    for kind, count in Counter(message["type"] for message in messages).items():
        if kind in FINISHES and count > 1:
            yield f"{kind} came {count} times"
    starts = Counter(each["attempt"] for each in messages if each["type"] == "started")
    if any(count > 1 for count in starts.values()):
        yield "an attempt started twice"
    if job.tries > job.max_attempts:
        yield f"{job.tries} tries"
    yield from wrong_answer(messages)


def wrong_answer(messages: list[dict[str, Any]]) -> Iterator[str]:
    """The pieces of the last attempt that wrote the answer must be the answer."""
    written = [message for message in messages if message["type"] == "insight_generated"]
    if not written:
        return
    attempt = written[-1]["attempt"]
    pieces = "".join(
        message["data"]["text"]
        for message in messages
        if message["type"] == "insight_delta" and message["attempt"] == attempt
    )
    if pieces.strip() != written[-1]["data"]["answer"].strip():
        yield f"its pieces are {pieces!r}, its answer is {written[-1]['data']['answer']!r}"


def left_behind(store: redis.Redis) -> list[str]:
    """Once all jobs have ended, nothing of the queue may be left."""
    sets = (keys.QUEUED, keys.DELAYED, keys.LEASES, keys.DEADLINES, keys.ROTA, keys.TELL)
    found = [f"{name} still holds {store.zcard(name)}" for name in sets if store.zcard(name)]
    if store.hlen(keys.FENCES):
        found.append(f"{keys.FENCES} still holds {store.hkeys(keys.FENCES)}")
    found += [
        f"{name!r} is left" for name in store.scan_iter(keys.OWNER % "*", 1000) if counted(name)
    ]
    return found + [f"{name!r} is left" for name in store.scan_iter(keys.LINE % "*", 1000)]


def counted(name: bytes) -> bool:
    """Whether a key is an owner's count of jobs, and not their list of conversations."""
    return name.count(b":") == (keys.OWNER % "").count(":")
