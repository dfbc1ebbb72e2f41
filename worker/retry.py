"""When to try again: exponential backoff with full jitter.

The rule is "full jitter" of Marc Brooker's "Exponential Backoff And Jitter" (AWS Architecture
Blog, 2015): a random delay between zero and a doubling bound spreads the returns best.
"""

from __future__ import annotations

import random

BASE_S = 1.0
CAP_S = 30.0


def delay_s(tries: int, wished_s: float | None = None) -> float:
    """Seconds to wait after try `tries` (from 1), and not less than the other side wished.

    A wish is spread, too: all who were turned away would else come back in the same instant.
    """
    spread_s = random.uniform(0, min(CAP_S, BASE_S * 2 ** (tries - 1)))  # noqa: S311 - no secret
    return (wished_s or 0.0) + spread_s
