"""Owners: whoever comes first gets a signed cookie; tasks answer only to the owner in it."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "tailrace_owner"
MAX_AGE_S = 365 * 24 * 3600


def register(app: Flask, signing_key: str) -> None:
    """Give every request an owner, and first visitors their cookie."""
    serializer = URLSafeSerializer(signing_key, salt="owner")

    @app.before_request
    def recognise() -> None:
        try:
            g.owner = str(serializer.loads(request.cookies.get(COOKIE, "")))
            g.new_owner = False
        except BadSignature:
            g.owner = secrets.token_hex(16)
            g.new_owner = True

    @app.after_request
    def introduce(response: Response) -> Response:
        if g.get("new_owner") and request.path.startswith("/api/"):
            response.set_cookie(
                COOKIE,
                str(serializer.dumps(g.owner)),
                max_age=MAX_AGE_S,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
            )
        return response


def owner() -> str:
    """The owner of the current request."""
    return str(g.owner)
