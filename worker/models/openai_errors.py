"""What the errors of the OpenAI SDK mean: the failure may pass, or it will not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, OpenAIError

from worker.models.chat import ModelRefused, ModelUnavailable

# 408 and 409 are the server's own trouble with timing; 429 is a busy server.
_MAY_PASS = frozenset({408, 409, 429})
_SERVER_FAULT = 500
_MOST_CHARACTERS = 200
_FIXED = {
    401: "its server does not accept the API key; check TAILRACE_OPENAI_API_KEY",
    403: "its server does not allow this key to use the model",
}


def translated(error: OpenAIError, key: str, timeout_s: float) -> ModelUnavailable | ModelRefused:
    """The error as one of ours; its text never contains `key`."""
    if isinstance(error, APIStatusError):
        return _of_status(error, key)
    if isinstance(error, APIConnectionError):
        return ModelUnavailable(_of_connection(error, timeout_s))
    if isinstance(error, APIError):
        return ModelUnavailable(f"its server reported an error{_said(error, key)}")
    return ModelRefused("the call could not be made; check the TAILRACE_OPENAI_* settings")


def _of_status(error: APIStatusError, key: str) -> ModelUnavailable | ModelRefused:
    status = error.status_code
    if error.code == "insufficient_quota":
        return ModelRefused("the account of this API key has no credit left")
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        return ModelUnavailable("its server is busy (429)", retry_after_s(error.response.headers))
    if status in _MAY_PASS or status >= _SERVER_FAULT:
        after_s = retry_after_s(error.response.headers)
        return ModelUnavailable(f"its server has a fault ({status})", after_s)
    if status in _FIXED:
        return ModelRefused(f"{_FIXED[status]} ({status})")
    if status == httpx2.codes.NOT_FOUND:
        hint = (
            "its server knows no such model or address; check TAILRACE_OPENAI_MODEL and _BASE_URL"
        )
        return ModelRefused(f"{hint} (404{_said(error, key)})")
    return ModelRefused(f"its server turned the request down ({status}{_said(error, key)})")


def _of_connection(error: APIConnectionError, timeout_s: float) -> str:
    cause = error.__cause__
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        return f"its server cannot be reached ({cause})"
    if isinstance(error, APITimeoutError):
        return f"its server was silent for {timeout_s:g} s"
    return "the connection to its server was cut"


def _said(error: APIError, key: str) -> str:
    """What the server said, on one line, cut short, without the key."""
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    if not isinstance(message, str) or not message.strip():
        return ""
    line = " ".join(message.replace(key, "***").split())
    return f": {line[:_MOST_CHARACTERS]}"


def retry_after_s(headers: httpx2.Headers) -> float | None:
    """The Retry-After header in seconds from now, whether it says seconds or a date."""
    wish = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", wish, re.ASCII):
        return float(wish)
    try:
        until = parsedate_to_datetime(wish)
    except ValueError:
        return None
    if until.tzinfo is None:  # the date said "-0000"
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
