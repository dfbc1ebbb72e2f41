"""The API under a server that keeps its sockets: `python -m tests.support.other_server NAME`."""

from __future__ import annotations

import sys

import waitress
from gunicorn.app.base import BaseApplication
from werkzeug.serving import make_server

from api.app import create_app
from shared.settings import Settings
from shared.telemetry import configure_logging

THREADS = 40


class Threaded(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn with a pool of threads."""

    def load_config(self) -> None:
        settings = Settings()
        self.cfg.set("bind", f"{settings.host}:{settings.port}")
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", THREADS)
        self.cfg.set("graceful_timeout", 2)
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("loglevel", "warning")

    def load(self) -> object:
        configure_logging()
        return create_app()


def main(name: str) -> None:
    """Serve until told to stop."""
    if name == "gthread":
        Threaded().run()
        return
    configure_logging()
    settings = Settings()
    if name == "werkzeug":
        make_server(settings.host, settings.port, create_app(), threaded=True).serve_forever()
    else:
        waitress.serve(create_app(), host=settings.host, port=settings.port, threads=THREADS)


if __name__ == "__main__":
    main(sys.argv[1])
