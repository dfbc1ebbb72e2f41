"""Where things listen, and whether they can."""

from __future__ import annotations

import socket
import time

from shared.settings import Settings

LOOPBACK = "127.0.0.1"
# A process of an earlier run that was killed may take a moment to let go of its port.
_PATIENCE_S = 2.0


def page(settings: Settings) -> str:
    """The address to open in a browser on this machine."""
    return _url(settings.host, settings.port)


def flower(settings: Settings) -> str:
    """Where Flower answers on this machine."""
    return _url(flower_host(settings), settings.flower_port)


def flower_host(settings: Settings) -> str:
    """The address Flower listens on: never more than this machine unless it asks for a password."""
    return settings.host if settings.flower_basic_auth is not None else LOOPBACK


def bindable(host: str, port: int) -> bool:
    """Whether a server could listen there; waits a moment for a port that is being let go."""
    until = time.monotonic() + _PATIENCE_S
    while not _bindable_now(host, port):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _bindable_now(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _url(host: str, port: int) -> str:
    reachable = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
