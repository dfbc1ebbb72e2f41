"""Uploads: files that people send to become tables, on their way from the API to a worker.

They go through the data directory, which all machines of one installation share; Redis carries
only their names.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from time import time

from pydantic import BaseModel, ConfigDict

from shared.settings import Settings

#: What the names of files that can be read end in.
SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx")

#: How much longer than a job may take a file is kept that nobody has cleared away.
_SPARE_S = 3600


class Upload(BaseModel):
    """One file that was sent: `file` is its name in the folder, `name` the one its sender gave it.

    `version` is the SHA-256 of its bytes. `replaces` says that it is a new version of the table
    `dataset_id`, which must then still exist.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    name: str
    title: str
    dataset_id: str
    version: str
    bytes: int
    replaces: bool = False


class Incoming:
    """The folder of files that no worker has read yet."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir / "uploads"
        self._kept_s = settings.upload_deadline_s + _SPARE_S

    def fresh(self, suffix: str) -> Path:
        """A path for a new file."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f"{secrets.token_hex(16)}{suffix}"

    def path(self, upload: Upload) -> Path:
        """Where the file is, if it is there."""
        return self._folder / upload.file

    def clear(self, upload: Upload) -> None:
        """Remove the file."""
        self.path(upload).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what was left behind: its job cannot be alive any more."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.stat().st_mtime < time() - self._kept_s:
                    path.unlink(missing_ok=True)
