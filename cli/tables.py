"""A client for tables of one's own: sends files, reads profiles, removes."""

from __future__ import annotations

import uuid
from typing import Any, Protocol

import httpx2

from cli.client import USAGE, Client, Patience, check
from cli.errors import CommandError
from cli.messages import Interrupted
from cli.owner import Owner

#: A large file is hashed and written while it comes; the answer follows its last byte.
_PATIENCE = Patience(silence_s=120.0)


class Sent(Protocol):
    """An open file, as far as sending it needs one."""

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move."""

    def tell(self) -> int:
        """Where it is."""


class TableClient(Client):
    """The same person as in the commands before: uploaded tables are their owner's."""

    def __init__(self, url: str) -> None:
        super().__init__(url, _PATIENCE, Owner(url))

    def add(self, name: str, file: Sent, fields: dict[str, str]) -> dict[str, Any]:
        """Send a file; the task that makes a table of it. It is sent once."""
        if not self._http.cookies:
            self.datasets()
        more: dict[str, Any] = {
            "files": {"file": (name, file)},
            "data": fields,
            "headers": {"Idempotency-Key": uuid.uuid4().hex},
        }
        try:
            return self._call("POST", "/api/datasets", **more)
        except Interrupted as error:
            raise self._unreachable(error) from error

    def profile(self, dataset: str) -> dict[str, Any]:
        """All that is known of a table."""
        return self._ask_once("GET", f"/api/datasets/{_part(dataset)}/profile")

    def remove(self, dataset: str) -> None:
        """Remove a table of one's own."""
        try:
            response = self._http.delete(f"/api/datasets/{_part(dataset)}")
        except httpx2.TransportError as error:
            raise self._unreachable(Interrupted(str(error))) from error
        try:
            check(response)
        except Interrupted as error:
            raise self._unreachable(error) from error


def _part(dataset: str) -> str:
    """An id as a part of a path."""
    if not dataset or not dataset.replace("-", "").replace("_", "").isalnum():
        raise CommandError(f"{dataset!r} is no id of a dataset: see `tailrace datasets`.", USAGE)
    return dataset
