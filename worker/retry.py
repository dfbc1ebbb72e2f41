"""When to try again: exponential backoff with full jitter.

The rule is "full jitter" of Marc Brooker's "Exponential Backoff And Jitter" (AWS Architecture
Blog, 2015): a random delay between zero and a doubling bound spreads the returns best.
"""

from __future__ import annotations

import random

BASE_S = 1.0
CAP_S = 30.0


def delay_s(attempt: int, retry_after_s: float | None = None) -> float:
    """Seconds to wait after attempt `attempt` (from 1); the server's own wish comes first."""
    if retry_after_s is not None:
        return retry_after_s
    return random.uniform(0, min(CAP_S, BASE_S * 2 ** (attempt - 1)))  # noqa: S311 - no secret
