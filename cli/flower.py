"""Flower, which shows workers and jobs; it may look, not touch."""

from __future__ import annotations

from cli.addresses import flower_host
from shared.settings import Settings

USER = "tailrace"
SECRET = "flower.secret"  # noqa: S105 - the name of a file
_MOST_TASKS = 5000
_FORGET_WORKERS_S = 600


def login(settings: Settings) -> str:
    """`user:password` of Flower: as set, or a password of its own kept in the data directory."""
    if settings.flower_basic_auth is not None:
        return settings.flower_basic_auth.get_secret_value()
    return f"{USER}:{settings.kept_secret(SECRET)}"


def close_metrics() -> None:
    """Have `/metrics` ask for the password, too; Flower's own answers anybody."""
    from flower.urls import handlers  # noqa: PLC0415
    from flower.views.monitor import Metrics  # noqa: PLC0415
    from tornado.web import authenticated  # noqa: PLC0415

    class ClosedMetrics(Metrics):  # type: ignore[misc]
        """Behind the password."""

        @authenticated
        async def get(self) -> None:
            """The figures."""
            await super().get()

    handlers[:] = [
        ("/metrics", ClosedMetrics)
        if isinstance(handler, tuple) and handler[0] == "/metrics"
        else handler
        for handler in handlers
    ]


def run(settings: Settings) -> None:
    """Serve Flower until told to stop."""
    # Defines Flower's options, so that the password can be set without showing in a process list.
    import flower.options  # noqa: F401, PLC0415
    from tornado.options import options  # noqa: PLC0415

    from worker.app import create_celery  # noqa: PLC0415

    options.basic_auth = [login(settings)]
    close_metrics()
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
