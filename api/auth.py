"""Owners: whoever comes first gets a signed cookie; tasks answer only to the owner in it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import lru_cache
from typing import Any

from flask import Flask, Response, after_this_request, g, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "tailrace_owner"
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

    def sender(self, environ: dict[str, Any]) -> str:
        """Whose request it is, by the first of our cookies that is genuine; raises BadSignature.

        A client may send an old one, of another signing key, along with the one it was given since.
        Looking for ours is far quicker than parsing all.
        """
        for part in environ.get("HTTP_COOKIE", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == COOKIE:
                with suppress(BadSignature):
                    return self.owner(value)
        raise BadSignature("none of ours")

    def _verified(self, cookie: str) -> str:
        """Whose cookie it is; raises BadSignature, which is not remembered."""
        return str(self._serializer.loads(cookie))


def register(app: Flask, cookies: Cookies) -> None:
    """Give every request an owner, and first visitors their cookie."""

    @app.before_request
    def recognise() -> None:
        try:
            g.owner = cookies.sender(request.environ)
        except BadSignature:
            g.owner = secrets.token_hex(16)
            if request.path.startswith("/api/"):
                after_this_request(introduce)

    def introduce(response: Response) -> Response:
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
