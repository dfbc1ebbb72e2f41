"""Runs the API in this process until it is told to stop."""

from __future__ import annotations

import os
import sys

from shared.settings import Settings


def main(_settings: Settings) -> None:
    """Become gunicorn; never returns. Its configuration reads the same environment."""
    config, app = "python:api.gunicorn_conf", "api.app:create_app()"
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", config, app])  # noqa: S606 - our own program
