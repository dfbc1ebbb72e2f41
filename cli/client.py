"""A client of the HTTP API that follows a job to its end, whatever interrupts the stream.

    with Client("http://127.0.0.1:8000") as client:
        for message in client.follow(client.ask("Which month is the wettest?")):
            print(message["content"])

It keeps the rules of the page's own client (web/js/stream.js): a stream is resumed after the last
message, only the next message counts, silence ends a connection, the status is looked up when a
stream brought nothing and is polled when streams are held back, and Retry-After is honoured.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx2

from cli.errors import CommandError
from cli.messages import Interrupted, Message, Seen, parse_events
from cli.owner import Owner

USAGE, UNREACHABLE = 2, 4

_CONNECT_S = 5.0
_POLL_WAIT_S = 20
#: Between two polls that do not wait.
_PLAIN_POLL_S = 0.5
#: Streams in a row without a message after which the status is polled instead.
_MOST_EMPTY_STREAMS = 2
_NO_ROOM = (
    "The server has no room for a live stream now, so its status is asked every moment instead."
)
_HELD_BACK = "Something on the way holds the live stream back, so the status is asked for instead."


@dataclass(frozen=True)
class Patience:
    """How long a client waits, in seconds."""

    #: The server promises a sign every 15 s: a stream silent for two of them is dead.
    silence_s: float = 30.0
    #: It begins at once: a stream that has not is held up on its way.
    opening_s: float = 5.0
    give_up_s: float = 60.0
    first_pause_s: float = 0.2
    longest_pause_s: float = 5.0


class Refused(Interrupted):
    """The server is there and says no for now; not to be asked again before `retry_after_s`."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(_reason(response))
        self.retry_after_s = _retry_after_s(response.headers.get("Retry-After", ""))


class Client:
    """One person's session: the cookie of the first answer is kept for all that follows.

    With an `owner` it is the session of the commands before, and of those after.

    Methods raise CommandError, with the exit code of its cause.
    """

    def __init__(
        self, url: str, patience: Patience | None = None, owner: Owner | None = None
    ) -> None:
        self._url = url
        self._patience = patience or Patience()
        self._owner = owner
        timeout = httpx2.Timeout(self._patience.silence_s, connect=_CONNECT_S)
        cookies = owner.cookies() if owner else None
        self._http = httpx2.Client(base_url=url, timeout=timeout, cookies=cookies)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._owner is not None:
            self._owner.keep({cookie.name: cookie.value or "" for cookie in self._http.cookies.jar})
        self._http.close()

    def datasets(self) -> list[dict[str, Any]]:
        """What one may ask about."""
        found: list[dict[str, Any]] = self._ask_once("GET", "/api/datasets")["datasets"]
        return found

    def latest_conversation(self) -> str | None:
        """The id of the conversation used last; None for somebody who has none."""
        found = self._ask_once("GET", "/api/conversations?limit=1")["conversations"]
        return str(found[0]["id"]) if found else None

    def ask(self, question: str, dataset: str = "", conversation: str = "") -> str:
        """Start a job; its id. One question is one job, however often it must be sent.

        In a `conversation` it may refer to what was asked before.
        """
        body = {"action": "continue_conversation", "message": question}
        if dataset:
            body["dataset"] = dataset
        if conversation:
            body["conversation_id"] = conversation
        if not self._http.cookies:
            # Any answer brings the cookie: a question sent twice must have one owner.
            self.datasets()
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        pauses = _Pauses(self._patience)
        while True:
            try:
                started = self._call("POST", "/api/chat", json=body, headers=headers)
                return str(started["task_id"])
            except Interrupted as error:
                pauses.wait(self._unreachable(error), error.retry_after_s)

    def cancel(self, task_id: str) -> str:
        """Ask the server to end a job; the state it is in then."""
        return str(self._ask_once("POST", f"/api/chat/cancel/{task_id}")["state"])

    def follow(
        self, task_id: str, say: Callable[[str], None] = lambda _: None
    ) -> Iterator[Message]:
        """Each message of a job once and in order, to the terminal one, over any interruption.

        If the server had to start the job's log afresh, its messages begin again at seq 0. `say`
        gets a sentence for people when there is no stream to be had, so that messages come later.
        """
        seen = Seen()
        pauses = _Pauses(self._patience)
        empty_streams, busy, said = 0, False, False
        while not seen.ended:
            polling = empty_streams >= _MOST_EMPTY_STREAMS
            if not polling:
                before = seen.cursor
                try:
                    yield from seen.next_of(self._stream(task_id, before))
                except Refused:
                    empty_streams, busy = _MOST_EMPTY_STREAMS, True
                except Interrupted:
                    pass
                if seen.cursor != before:
                    pauses.restart()
                    empty_streams = 0
                    continue
                empty_streams += 1
            # A server without room for a stream has none for a poll that waits: those count alike.
            wait_s = _POLL_WAIT_S if polling and not busy else 0
            before = seen.cursor
            try:
                yield from seen.next_of(self._poll(task_id, before, wait_s))
            except Interrupted as error:
                busy = busy or isinstance(error, Refused)
                pauses.wait(self._unreachable(error), error.retry_after_s)
            else:
                pauses.restart()
                if polling and not said and not seen.ended:
                    said = True
                    say(_NO_ROOM if busy else _HELD_BACK)
                if seen.cursor == before:
                    pauses.wait(self._unreachable(None), _PLAIN_POLL_S if busy else 0.0)

    def _stream(self, task_id: str, cursor: str) -> Iterator[Message]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": cursor} if cursor else {})
        timeout = httpx2.Timeout(self._patience.opening_s, connect=_CONNECT_S)
        path = f"/api/chat/stream/{task_id}"
        try:
            with self._http.stream("GET", path, headers=headers, timeout=timeout) as response:
                if response.status_code != HTTPStatus.OK:
                    response.read()
                    check(response)
                    raise Interrupted("nothing to stream")
                # It has begun: from here on its silences may be longer.
                response.request.extensions["timeout"]["read"] = self._patience.silence_s
                yield from parse_events(response.iter_bytes())
        except (httpx2.TransportError, ValueError) as error:
            raise Interrupted(str(error)) from error

    def _poll(self, task_id: str, cursor: str, wait_s: int) -> Iterator[Message]:
        params = {"wait": str(wait_s)} | ({"after": cursor} if cursor else {})
        yield from self._call("GET", f"/api/chat/status/{task_id}", params=params)["messages"]

    def _ask_once(self, method: str, path: str) -> dict[str, Any]:
        try:
            return self._call(method, path)
        except Interrupted as error:
            raise self._unreachable(error) from error

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **more)
        except httpx2.TransportError as error:
            raise Interrupted(str(error)) from error
        except httpx2.InvalidURL as error:
            raise CommandError(f"{self._url} is not an address: {error}.", USAGE) from None
        check(response)
        try:
            found: dict[str, Any] = response.json()
        except ValueError as error:
            raise CommandError(f"{self._url} is not a Tailrace server: give --url.") from error
        return found

    def _unreachable(self, failure: Interrupted | None) -> CommandError:
        if isinstance(failure, Refused):
            return CommandError(f"{self._url} does not take this now: {failure}", UNREACHABLE)
        why = f" ({failure})" if failure else ""
        return CommandError(
            f"No Tailrace answers at {self._url}{why}: start it with bin/up, or give --url.",
            UNREACHABLE,
        )


class _Pauses:
    """Pauses that grow, until nothing has come for too long."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.restart()

    def restart(self) -> None:
        """There was progress."""
        self._until = time.monotonic() + self._patience.give_up_s
        self._pause_s = self._patience.first_pause_s

    def wait(self, otherwise: CommandError, at_least_s: float = 0.0) -> None:
        """Pause before the next try; raises `otherwise` when patience is at its end."""
        pause_s = max(self._pause_s, at_least_s)
        if time.monotonic() + pause_s > self._until:
            raise otherwise
        time.sleep(pause_s)
        self._pause_s = min(self._pause_s * 2, self._patience.longest_pause_s)


def _retry_after_s(asked: str) -> float:
    """Seconds from now that a Retry-After asks for, by a number or a date; 0 when it does not."""
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return 0.0
    # RFC 9110, section 5.6.7: a date without a zone that says otherwise is in GMT.
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def check(response: httpx2.Response) -> None:
    """Raise Interrupted for a refusal that passes, CommandError for one that does not."""
    busy = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if busy or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Refused(response)
    if response.status_code < HTTPStatus.BAD_REQUEST:
        return
    code = USAGE if response.request.method == "POST" else 1
    raise CommandError(_reason(response), code)


def _reason(response: httpx2.Response) -> str:
    """What a refusal says for people."""
    try:
        problem = response.json()
        return str(problem.get("detail") or problem.get("error") or problem.get("title"))
    except (ValueError, AttributeError):
        return f"HTTP {response.status_code}"
