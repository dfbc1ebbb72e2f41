"""Owners: whoever comes first gets a signed cookie; tasks answer only to the owner in it."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "tailrace_owner"
OURS = f"{COOKIE}="
MAX_AGE_S = 365 * 24 * 3600
#: Verified cookies kept in mind, the latest.
MOST_REMEMBERED = 10_000


class Cookies:
    """The cookies that say who somebody is; those seen lately are not verified again."""

    def __init__(self, signing_key: str) -> None:
        self._serializer = URLSafeSerializer(signing_key, salt="owner")
        self.owner = lru_cache(MOST_REMEMBERED)(self._verified)

    def made(self, owner: str) -> str:
        """The cookie of an owner."""
        return str(self._serializer.dumps(owner))

    def _verified(self, cookie: str) -> str:
        """Whose cookie it is; raises BadSignature, which is not remembered."""
        return str(self._serializer.loads(cookie))


def cookie_of(environ: dict[str, Any]) -> str:
    """The value of our cookie as clients send it, "" for none; far quicker than parsing all."""
    for part in environ.get("HTTP_COOKIE", "").split("; "):
        if part.startswith(OURS):
            return str(part.removeprefix(OURS))
    return ""


def register(app: Flask, cookies: Cookies) -> None:
    """Give every request an owner, and first visitors their cookie."""

    @app.before_request
    def recognise() -> None:
        try:
            g.owner = cookies.owner(cookie_of(request.environ) or request.cookies.get(COOKIE, ""))
            g.new_owner = False
        except BadSignature:
            g.owner = secrets.token_hex(16)
            g.new_owner = True

    @app.after_request
    def introduce(response: Response) -> Response:
        if g.get("new_owner") and request.path.startswith("/api/"):
            response.set_cookie(
                COOKIE,
                cookies.made(g.owner),
                max_age=MAX_AGE_S,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
            )
        return response


def owner() -> str:
    """The owner of the current request."""
    return str(g.owner)
