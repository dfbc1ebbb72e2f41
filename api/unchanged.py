"""The poll that finds nothing new, answered before Flask: most polls are, twice a second each.

Only a 304 is given here. Whatever is not plainly that (no cookie of ours, another version, a
parameter that may be wrong, a store that does not answer) goes on to Flask, which decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Any

from itsdangerous import BadSignature

from api.access import HEADERS, log_access
from api.auth import Cookies
from api.status import CACHING, STATUS_PATH
from shared.errors import Unavailable
from shared.event_log import EventLog
from shared.events import Cursor

STATUS = "304 NOT MODIFIED"


class UnchangedPolls:
    """A WSGI app around another."""

    def __init__(self, app: Any, log: EventLog, cookies: Cookies) -> None:
        self._app = app
        self._log = log
        self._cookies = cookies

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, or have the app answer."""
        known, path = environ.get("HTTP_IF_NONE_MATCH"), environ["PATH_INFO"]
        if not known or not path.startswith(STATUS_PATH) or environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        began = perf_counter()
        if not is_plain(environ["QUERY_STRING"]) or known != self._tag(path, environ):
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        headers = [("ETag", known), ("Cache-Control", CACHING), *HEADERS.items()]
        start_response(STATUS, headers)
        log_access("GET", path, 304, began, 0)
        return ()

    def _tag(self, path: str, environ: dict[str, Any]) -> str:
        """The ETag of the task as it is now; '' when that is not known."""
        try:
            owner = self._cookies.sender(environ)
            found = self._log.glance(path.removeprefix(STATUS_PATH), owner)
        except (BadSignature, Unavailable):
            return ""
        return f'"{found.version}"' if found else ""


def is_plain(query: str) -> bool:
    """Whether a query asks for no wait and has no mistake."""
    if not query:
        return True
    name, _, value = query.partition("=")
    try:
        Cursor.parse(value)
    except ValueError:
        return False
    return name == "after"
