"""`tailrace up`: the whole product in one terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from cli import addresses, valkey
from cli.child import Child, Launch
from cli.errors import CommandError
from cli.flower import SECRET, USER
from cli.lines import Lines
from cli.lock import DataLock
from cli.processes import spawn
from cli.supervisor import Supervisor
from shared.settings import CHECKOUT, Settings

_API_GRACE_S = 10.0
_WORKER_GRACE_S = 30.0
_FLOWER_GRACE_S = 5.0
_VALKEY_GRACE_S = 15.0
_PROBE_TIMEOUT_S = 1.0
_PROBE_EVERY_S = 0.2
_STILL_WAITING_S = 10.0


def run(settings: Settings, *, flower: bool) -> int:
    """Start everything, keep it running until Ctrl-C, stop it in order; returns the exit code.

    Raises CommandError before anything was started when a port or the data directory is taken.
    """
    lines = Lines(sys.stdout)
    lock = DataLock(settings.data_dir)
    embedded = settings.redis_url is None
    check_ports(settings, flower=flower, embedded=embedded, lines=lines)
    store = Child("valkey", lambda: valkey.start(settings, subprocess.PIPE), _VALKEY_GRACE_S)
    api = Child("api", _command("api", settings), _API_GRACE_S)
    worker = Child("worker", _command("worker", settings), _WORKER_GRACE_S)
    monitor = Child("flower", _command("flower", settings), _FLOWER_GRACE_S)
    supervisor = Supervisor(lines)
    with supervisor.listening():
        try:
            if embedded:
                supervisor.start(store)
                supervisor.tend(until=lambda: valkey.answers(settings))
            supervisor.start(api)
            supervisor.start(worker)
            supervisor.tend(until=Readiness(addresses.page(settings), lines).reached)
            if flower:
                # After what people wait for.
                supervisor.start(monitor)
            supervisor.settle(_welcome(settings, flower=flower))
            supervisor.tend(until=lambda: False)
        finally:
            # Viewers first, then the jobs, and what keeps the jobs last.
            supervisor.stop([api, worker, monitor, store])
            lock.release()
    lines.say("stopped")
    return 130 if supervisor.asked_to_hurry else 0


def _welcome(settings: Settings, *, flower: bool) -> str:
    beside = f" (Flower: {addresses.flower(settings)}; {known_by(settings)})" if flower else ""
    return f"ready: open {addresses.page(settings)}{beside}; Ctrl-C stops"


def known_by(settings: Settings) -> str:
    """How to get into Flower, without the password itself."""
    if settings.flower_basic_auth is not None:
        return "with the password you set"
    return f"user {USER}, password in {settings.data_dir / SECRET}"


def check_ports(settings: Settings, *, flower: bool, embedded: bool, lines: Lines) -> None:
    """Raise CommandError naming the setting to change if a port is taken.

    A Valkey of ours that an earlier run left behind is ended, with its data safe on disk.
    """
    wanted = [("TAILRACE_PORT", settings.host, settings.port)]
    if flower:
        host = addresses.flower_host(settings)
        wanted.append(("TAILRACE_FLOWER_PORT", host, settings.flower_port))
    if embedded:
        wanted.append(("TAILRACE_VALKEY_PORT", valkey.HOST, settings.valkey_port))
        if valkey.is_ours(settings):
            lines.say("ending the Valkey that an earlier run left behind; its data stays")
            valkey.shut_down(settings)
    for name, host, port in wanted:
        if not addresses.bindable(host, port):
            raise CommandError(
                f"Cannot listen on {host} port {port}, probably because another program does: "
                f"set {name} to a free port, or stop that program."
            )


class Readiness:
    """Asks the API whether all is there, and says now and then what is still missing."""

    def __init__(self, url: str, lines: Lines) -> None:
        self._address = urlsplit(url)
        self._lines = lines
        self._probe_at = 0.0
        self._say_at = time.monotonic() + _STILL_WAITING_S

    def reached(self) -> bool:
        """Whether a question asked now would be answered."""
        now = time.monotonic()
        if now < self._probe_at:
            return False
        self._probe_at = now + _PROBE_EVERY_S
        missing = self._missing()
        if missing and now > self._say_at:
            self._say_at = now + _STILL_WAITING_S
            self._lines.say(f"still waiting for: {', '.join(missing)}")
        return not missing

    def _missing(self) -> list[str]:
        connection = HTTPConnection(
            str(self._address.hostname), self._address.port, timeout=_PROBE_TIMEOUT_S
        )
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            if response.status == HTTPStatus.OK:
                return []
            return [str(name) for name in json.loads(response.read())["missing"]]
        except (OSError, HTTPException, ValueError, KeyError):
            return ["api"]
        finally:
            connection.close()


def _command(name: str, settings: Settings) -> Launch:
    """How to run one of our own commands, wherever this one was started from."""
    # The child runs in the checkout, so that no package of the current directory shadows ours.
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "TAILRACE_DATA_DIR": str(settings.data_dir.resolve()),
        "TAILRACE_DATASETS_DIR": str(settings.datasets_dir.resolve()),
    }
    arguments = [sys.executable, "-m", "cli", name]
    return lambda: spawn(arguments, env=environment, stdout=subprocess.PIPE, cwd=CHECKOUT)
