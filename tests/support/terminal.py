"""The command as a person runs it, against a real API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.processes import CHECKOUT
from tests.support.stack import Stack


class Terminal:
    """Somebody's terminal: their state folder, their commands."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        own = {"PATH": "/usr/bin:/bin", "XDG_STATE_HOME": str(folder), "COLUMNS": "120"}
        self._folder, self._env = folder, stack.env | own

    def run(self, *arguments: str, code: int = 0) -> str:
        """A command's output; its errors when it fails."""
        ended = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=CHECKOUT,
            env=self._env,
            check=False,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout if code == 0 else ended.stderr

    def run_unread(self, *arguments: str) -> str:
        """The same with nobody to read its output, as before `| head`; its errors."""
        unread, output = os.pipe()
        os.close(unread)
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "cli", *arguments],
                cwd=CHECKOUT,
                env=self._env,
                check=False,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                timeout=100,
            )
        finally:
            os.close(output)
        return ended.stderr

    def cookies(self) -> dict[str, str]:
        """Who the person is to the server."""
        [file] = self._folder.glob("tailrace/owner-*.json")
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
