"""sse-starlette the usual way: one pub/sub connection per stream. And FastAPI's unchanged poll."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio as redis
from fastapi import FastAPI  # type: ignore[import-not-found]
from sse_starlette.sse import EventSourceResponse  # type: ignore[import-not-found]

app = FastAPI()
store = redis.Redis.from_url(os.environ["BENCH_REDIS_URL"], max_connections=20_000)


@app.get("/stream/{name}")
async def stream(name: str) -> Any:
    """What is published on one channel."""

    async def events() -> AsyncIterator[dict[str, str]]:
        async with store.pubsub() as subscription:
            await subscription.subscribe(f"ch:{name}")
            async for message in subscription.listen():
                if message["type"] == "message":
                    yield {"data": message["data"].decode()}

    return EventSourceResponse(events())


@app.get("/status/{job_id}")
async def status(job_id: str) -> dict[str, Any]:
    """Whether there is anything new: the same read as ours, and nothing else of it."""
    async with store.pipeline(transaction=False) as pipeline:
        pipeline.hmget(f"tailrace:job:{job_id}", "owner", "epoch", "state", "attempt")
        pipeline.llen(f"tailrace:job:{job_id}:events")
        (_, epoch, state, attempt), length = await pipeline.execute()
    cursor = f"{epoch.decode()}-{length - 1}"
    return {"state": state.decode(), "cursor": cursor, "attempt": int(attempt), "messages": []}
