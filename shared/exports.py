"""Files of whole results: ordered by the API, made by a worker, handed over piece by piece.

The API may not open data files, and a worker may be on another machine. So an order goes on a list;
one thread of each worker takes orders, has the file written by a jailed child, and hands it over
through a short list of pieces. The API takes them as fast as they come and keeps them until the
client has them: a slow client holds neither a worker nor more than a few pieces of the store.
An order outlives nothing: when nobody waits for it any more, it is dropped.
"""

from __future__ import annotations

import secrets
from time import monotonic, sleep
from typing import Any, BinaryIO, Literal, cast

import redis
from pydantic import BaseModel

from shared import keys
from shared.errors import ExportFailed, ReaderGone, Unavailable
from shared.scripts import Scripts, guarded

Format = Literal["csv", "parquet"]

PIECE_BYTES = 256 * 1024
#: Pieces on the way at one time.
WINDOW = 8
#: The longest the API waits for the next piece: for a worker to be free, then for its query.
PATIENCE_S = 50.0
#: How long a worker hands over to nobody before it takes them for gone.
READER_S = 10
#: Redis' own wait; shorter than the time after which a silent server counts as dead.
_WAIT_S = 1
_PAUSE_S = 0.01

# A piece on the list is a number, a kind and its bytes: a piece sent twice is taken once.
_NUMBER_BYTES = 8
_DATA, _END, _FAILED = b"d", b"e", b"f"


class Order(BaseModel):
    """What file `owner` wants: all of what `query` gives over one version of a table.

    `query` is a QueryPlan as JSON, or the SQL that a model wrote.
    """

    id: str
    owner: str
    format: Format
    query: dict[str, Any] | str
    dataset: str
    version: str


class Exports:
    """Both ends; every method may raise Unavailable."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store
        self._scripts = Scripts(store)

    def fetch(
        self,
        owner: str,
        what: Format,
        query: dict[str, Any] | str,
        dataset: str,
        version: str,
        sink: BinaryIO,
    ) -> None:
        """Order a file and write it to `sink`; returns when it is whole.

        Raises ExportFailed when it cannot be made, Unavailable when no worker makes it in time.
        """
        order = Order(
            id=secrets.token_hex(12),
            owner=owner,
            format=what,
            query=query,
            dataset=dataset,
            version=version,
        )
        line = order.model_dump_json()
        reader = keys.EXPORT_READER % order.id
        try:
            with guarded():
                self._store.set(reader, 1, ex=READER_S)
                self._store.rpush(keys.EXPORTS, line)
            self._take(order.id, sink)
        finally:
            with guarded():
                self._store.lrem(keys.EXPORTS, 1, line)
                self._store.unlink(reader, keys.EXPORT % order.id)

    def _take(self, order_id: str, sink: BinaryIO) -> None:
        pieces, reader = keys.EXPORT % order_id, keys.EXPORT_READER % order_id
        expected, until = 0, monotonic() + PATIENCE_S
        while monotonic() < until:
            with guarded():
                self._store.expire(reader, READER_S)
                found = cast("tuple[bytes, bytes] | None", self._store.blpop([pieces], _WAIT_S))
            if found is None:
                continue
            number = int.from_bytes(found[1][:_NUMBER_BYTES], "big")
            kind, content = (
                found[1][_NUMBER_BYTES : _NUMBER_BYTES + 1],
                found[1][_NUMBER_BYTES + 1 :],
            )
            if number < expected:
                continue
            if number > expected:
                raise Unavailable("A piece of the file was lost on its way; try again.")
            expected, until = expected + 1, monotonic() + PATIENCE_S
            if kind == _END:
                return
            if kind == _FAILED:
                reason, _, message = content.decode().partition(" ")
                raise ExportFailed(reason, message)
            sink.write(content)
        raise Unavailable("No worker could make the file in time; try again shortly.")

    def next_order(self) -> Order | None:
        """The oldest order that somebody waits for, within about a second; None for none."""
        with guarded():
            found = cast("tuple[bytes, bytes] | None", self._store.blpop([keys.EXPORTS], _WAIT_S))
        if found is None:
            return None
        order = Order.model_validate_json(found[1])
        with guarded():
            awaited = self._store.exists(keys.EXPORT_READER % order.id)
        return order if awaited else None

    def hand_over(self, order: Order, file: BinaryIO) -> None:
        """Hand over a whole file; raises ReaderGone."""
        number = 0
        while content := file.read(PIECE_BYTES):
            self._give(order, number, _DATA, content)
            number += 1
        self._give(order, number, _END, b"")

    def refuse(self, order: Order, error: ExportFailed) -> None:
        """Say why there is no file; only before anything was handed over."""
        self._give(order, 0, _FAILED, f"{error.reason} {error}".encode())

    def _give(self, order: Order, number: int, kind: bytes, content: bytes) -> None:
        piece = number.to_bytes(_NUMBER_BYTES, "big") + kind + content
        while True:
            said = self._scripts.run("hand_over", [order.id, piece, WINDOW, READER_S])
            if said == b"ok":
                return
            if said == b"gone":
                raise ReaderGone("Nobody waits for this file any more.")
            sleep(_PAUSE_S)
