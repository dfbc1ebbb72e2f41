"""Runs a worker in this process until it is told to stop."""

from __future__ import annotations

import os
import warnings

import structlog

from shared.settings import Settings
from shared.telemetry import configure_logging
from worker.app import create_worker


def main(settings: Settings) -> None:
    """Work until SIGTERM: then take no more jobs, give the running ones some time, and return."""
    configure_logging()
    if os.geteuid() == 0:
        # Celery says it in ten lines.
        warnings.filterwarnings("ignore", message="You're running the worker with superuser")
        structlog.get_logger("worker").warning("running as root; give it a user of its own")
    options = [
        "--quiet",
        "worker",
        f"--pool={settings.worker_pool}",
        f"--concurrency={settings.worker_concurrency}",
        "--without-mingle",
        "--without-gossip",
        "--loglevel=WARNING",
        f"--hostname=worker-{os.getpid()}@%h",
    ]
    create_worker(settings).worker_main(options)
