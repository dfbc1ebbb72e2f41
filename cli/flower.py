"""Flower, which shows workers and jobs; it may look, not touch."""

from __future__ import annotations

from cli.addresses import flower_host
from shared.settings import Settings
from worker.app import create_celery

_MOST_TASKS = 5000
_FORGET_WORKERS_S = 600


def run(settings: Settings) -> None:
    """Serve Flower until told to stop."""
    # Defines Flower's options, so that the password can be set without showing in a process list.
    import flower.options  # noqa: F401, PLC0415
    from tornado.options import options  # noqa: PLC0415

    if settings.flower_basic_auth is not None:
        options.basic_auth = [settings.flower_basic_auth.get_secret_value()]
    create_celery(settings).start(
        [
            "--quiet",
            "flower",
            f"--address={flower_host(settings)}",
            f"--port={settings.flower_port}",
            f"--max_tasks={_MOST_TASKS}",
            f"--purge_offline_workers={_FORGET_WORKERS_S}",
            "--read_only=True",
            "--logging=warning",
        ]
    )
