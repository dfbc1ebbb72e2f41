"""Who one is to a server: its cookie, kept from one command to the next.

Without it, every command would be somebody new, who sees nothing of what the last one uploaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class Owner:
    """The cookies of one server, in a file that only this user may read."""

    def __init__(self, url: str) -> None:
        default = Path.home() / ".local" / "state"
        folder = Path(os.environ.get("XDG_STATE_HOME") or default) / "tailrace"
        digest = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
        self._path = folder / f"owner-{digest}.json"

    def cookies(self) -> dict[str, str]:
        """What was kept; nothing when there is none, or none that can be read."""
        try:
            kept = json.loads(self._path.read_text())
            return {str(name): str(value) for name, value in kept.items()}
        except (OSError, ValueError, AttributeError):
            return {}

    def keep(self, cookies: Mapping[str, str]) -> None:
        """Keep the cookies; a disk that cannot be written to only costs being known again."""
        if not cookies or dict(cookies) == self.cookies():
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self._path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(dict(cookies)))
            fresh.replace(self._path)
