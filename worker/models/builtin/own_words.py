"""Own words: what an installation calls things, in a file for all tables, added to the lexicon."""

from __future__ import annotations

import tomllib
from pathlib import Path
from threading import Lock

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from worker.models.builtin.lexicon import OwnWords, use_words

log = structlog.get_logger("words")

_MOST_BYTES = 1 << 20


class _File(BaseModel):
    """The file: groups of words that count as one, other names of columns, and of values."""

    model_config = ConfigDict(extra="forbid")

    same: list[list[str]] = Field(default_factory=list)
    columns: dict[str, list[str]] = Field(default_factory=dict)
    values: dict[str, list[str]] = Field(default_factory=dict)


class WordsFile:
    """A file of own words; `renew` reads it again when it has changed. Any thread may call it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None

    def renew(self) -> None:
        """Use what the file says now.

        One that cannot be read leaves the words as they were, and one line in the log.
        """
        with self._lock:
            seen = self._stamp()
            if seen == self._seen:
                return
            self._seen = seen
            try:
                use_words(self._read() if seen is not None else OwnWords())
            except (OSError, ValueError) as error:
                said = f"{self._path.name} is not used: {_said(error)}"
                log.warning(said)

    def _stamp(self) -> tuple[int, int] | None:
        """What changes with the file: when it was written, and its size; None without a file."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def _read(self) -> OwnWords:
        with self._path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise ValueError("it is larger than 1 MB")
        said = _File.model_validate(tomllib.loads(text.decode()))
        return OwnWords(
            same=tuple(tuple(group) for group in said.same),
            columns=tuple((name, tuple(others)) for name, others in said.columns.items()),
            values=tuple((name, tuple(others)) for name, others in said.values.items()),
        )


def _said(error: Exception) -> str:
    """What is wrong, on one line."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}."
    return f"{str(error).splitlines()[0]}."
