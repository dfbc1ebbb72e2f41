"""The peers: what others wrote for the same purpose, and what they run on.

Their packages go into a folder of their own (`.bench` in the checkout), which is made once; a peer
for which something is missing is left out, and said to be.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bench.load.servers import MESSAGE, PEERS, Program
from tests.support.processes import CHECKOUT

ROOM = CHECKOUT / ".bench"
NGINX_MODULES = Path("/usr/lib/nginx/modules")
GEVENT = (
    "-m", "gunicorn", "-k", "gevent", "--workers", "1", "--worker-connections", "20000",
    "--backlog", "4096", "--log-level", "warning", "--no-control-socket",
    "--config", "gunicorn_conf.py",
)  # fmt: skip
UVICORN = (
    "-m", "uvicorn", "--workers", "1", "--loop", "uvloop", "--http", "httptools",
    "--backlog", "4096", "--log-level", "warning", "--host", "127.0.0.1",
)  # fmt: skip


class Missing(Exception):
    """A peer cannot be run here; the message says what is missing."""


@cache
def python() -> str:
    """A Python with the peers' packages, installed by their hashes."""
    folder, wanted = ROOM / "python", PEERS / "requirements.txt"
    program, made_from = folder / "bin" / "python", folder / "made-from.txt"
    if not made_from.exists() or made_from.read_bytes() != wanted.read_bytes():
        print("installing the Python peers into .bench, once")
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        run([str(program), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(wanted)])
        shutil.copy(wanted, made_from)
    return str(program)


@cache
def node() -> Path:
    """A folder with the Node peer and its packages."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Missing("node and npm are not installed")
    folder = ROOM / "node"
    if not (folder / "node_modules" / "better-sse").exists():
        print("installing the Node peer into .bench, once")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PEERS / "package.json", folder)
        run(["npm", "install", "--silent", "--no-package-lock", "--prefix", str(folder)])
    shutil.copy(PEERS / "better_sse.js", folder)
    return folder


def run(command: Sequence[str]) -> None:
    """Run a command that installs something; raises Missing when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{' '.join(command[:4])} failed: {done.stderr.strip()[-300:]}")


class FlaskSse(Program):
    """flask-sse under gunicorn with gevent."""

    name = "flask-sse"
    #: It sends no headers before the first event, so nobody can wait for them.
    inflight = 20_000
    answers_first = False

    def command(self) -> list[str]:
        """One gevent worker."""
        return [python(), *GEVENT, "--bind", f"127.0.0.1:{self.port}", "flask_sse_app:app"]

    def path(self, name: str) -> str:
        """Its channel is a parameter."""
        return f"/stream?channel=ch:{name}"

    @property
    def words(self) -> Sequence[str]:
        """A message in its envelope."""
        return ["PUBLISH", "ch:{i}", f'{{"data":{MESSAGE},"type":"progress"}}']


class SseStarlette(Program):
    """sse-starlette under uvicorn."""

    name = "sse-starlette"

    def command(self) -> list[str]:
        """One process."""
        return [python(), *UVICORN, "--port", str(self.port), "starlette_app:app"]


class BareAsgi(Program):
    """A relay without framework or promises, under uvicorn."""

    name = "bare ASGI"

    def command(self) -> list[str]:
        """One process."""
        return [python(), *UVICORN, "--port", str(self.port), "bare_asgi:app"]


class BetterSse(Program):
    """better-sse and ioredis."""

    name = "better-sse"

    def command(self) -> list[str]:
        """One process."""
        return ["node", str(node() / "better_sse.js")]


class Nchan(Program):
    """nginx with nchan; it is published to over HTTP, and that is part of its work."""

    name = "nchan"
    http = True
    subscribes = False

    def command(self) -> list[str]:
        """One worker under its master."""
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if nginx is None or not (NGINX_MODULES / "ngx_nchan_module.so").exists():
            raise Missing("nginx or libnginx-mod-nchan is not installed (both are in Debian)")
        text = (PEERS / "nchan.conf").read_text()
        told = {"MODULES": NGINX_MODULES, "FOLDER": self.folder.name, "PORT": self.port}
        for name, value in told.items():
            text = text.replace(f"@{name}@", str(value))
        written = Path(self.folder.name) / "nginx.conf"
        written.write_text(text)
        return [nginx, "-c", str(written), "-p", self.folder.name]

    @property
    def words(self) -> Sequence[str]:
        """Where to, and what."""
        return ["/publish/{i}", MESSAGE]

    @property
    def publish_port(self) -> int:
        """Its own."""
        return self.port


class BareFlask(Program):
    """Handlers that do as little as possible, under our own gunicorn, Flask and Celery."""

    name = "bare Flask"

    def command(self) -> list[str]:
        """One gevent worker."""
        return [sys.executable, *GEVENT, "--bind", f"127.0.0.1:{self.port}", "bare_flask:app"]


STREAMING: tuple[type[Program], ...] = (FlaskSse, SseStarlette, BareAsgi, BetterSse, Nchan)
