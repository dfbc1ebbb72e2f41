"""The connection to Redis or Valkey."""

from __future__ import annotations

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from shared.settings import Settings

#: A connection to the server, for those who only pass it on: importing redis is up to `shared`.
Store = redis.Redis

# Bounds how long a request waits for a dead or frozen server: 503 within 2 s is the promise.
TIMEOUT_S = 1.5


def connect(settings: Settings, retries: int = 1) -> Store:
    """A pooled client; nothing is sent before its first use. Safe to share between threads.

    One quick retry covers a connection that the server closed while idle, but not its silence;
    workers (`retries` > 1) retry both, to outlast a restart or a pause of the server. Scripts are
    safe to send twice: each recognises by the state that its first run had an effect.
    """
    lasting: tuple[type[redis.RedisError], ...] = (redis.ConnectionError, redis.TimeoutError)
    errors = lasting if retries > 1 else lasting[:1]
    return redis.Redis.from_url(
        settings.broker_url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        health_check_interval=10,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), retries, errors),
    )
