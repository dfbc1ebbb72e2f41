"""One Tailrace per data directory."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from cli.errors import CommandError


class DataLock:
    """Held until this process ends, however it ends; raises CommandError when another holds it."""

    def __init__(self, data_dir: Path) -> None:
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CommandError(
                f"Cannot write in {data_dir} ({error.strerror}): set TAILRACE_DATA_DIR."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, 20).decode().strip()
            raise CommandError(
                f"Tailrace already runs on {data_dir} (process {holder or 'unknown'}): "
                "stop it, or set TAILRACE_DATA_DIR to another directory."
            ) from None
        os.truncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let another have the directory."""
        os.close(self._file)

    def keep(self) -> None:
        """Hold the lock also as the program this process is going to become."""
        os.set_inheritable(self._file, True)  # noqa: FBT003 - its own signature
