"""gunicorn's configuration: one gevent process that holds thousands of open streams."""

from __future__ import annotations

import gc
import signal
from types import FrameType
from typing import Any

from shared.settings import Settings

#: Allocations before a look for cycles among the youngest objects; looks before one further on.
GARBAGE = (20_000, 20, 20)

_settings = Settings()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gevent"
workers = 1
worker_connections = 20_000
backlog = 4096
# Streams end at once when the relay drains; other requests are short.
graceful_timeout = 5
# A control socket under the home directory would be shared by every gunicorn of this user.
control_socket_disable = True
loglevel = "warning"
proc_name = "tailrace-api"


def post_worker_init(worker: Any) -> None:
    """Start what runs beside the requests, and end the streams when the worker must go."""
    import gevent  # noqa: PLC0415 - only after gunicorn has patched the process
    from gunicorn.http.parser import RequestParser  # noqa: PLC0415

    from api.heads import QuickRequest  # noqa: PLC0415
    from api.limits import raise_descriptor_limit  # noqa: PLC0415
    from api.services import EXTENSION  # noqa: PLC0415
    from shared.rescue import Rescuer  # noqa: PLC0415
    from shared.telemetry import configure_logging  # noqa: PLC0415

    # gunicorn reads a setting by way of an AttributeError, 26 times a request: an eighth of what it
    # takes to open a stream.
    vars(worker.cfg).update({name: one.get() for name, one in worker.cfg.settings.items()})
    RequestParser.mesg_class = QuickRequest
    configure_logging()
    raise_descriptor_limit()
    # What is there now stays: looking for cycles in it stopped every stream for tens of
    # milliseconds. What comes and goes with requests and streams hardly has any.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    services = worker.wsgi.extensions[EXTENSION]
    Rescuer(services.store, services.settings).start()

    # gunicorn looks once a second whether it must go; streams end as soon as it is told.
    told = gevent.get_hub().loop.async_()
    told.start(gevent.spawn, _drain, worker)

    def end(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        told.send()

    signal.signal(signal.SIGTERM, end)


def worker_exit(_server: Any, worker: Any) -> None:
    """Drain if it must go for another reason than being told."""
    if hasattr(worker, "wsgi"):  # not in gunicorn's parent, which calls this, too
        _drain(worker)


def _drain(worker: Any) -> None:
    """End all streams, so that their clients resume; a second time does nothing."""
    from api.services import EXTENSION  # noqa: PLC0415 - only after gunicorn has patched the process

    services = worker.wsgi.extensions[EXTENSION]
    services.relay.draining = True
    services.writer.drain()
    services.relay.drain()
