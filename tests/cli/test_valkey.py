"""The embedded Valkey: closed to others, durable, never left behind, never in the way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from cli import valkey
from shared.settings import Settings
from tests.support.processes import CHECKOUT, free_port, wait_until

KEEPER = """
import signal, sys
from pathlib import Path
from cli import valkey
from shared.settings import Settings
settings = Settings(data_dir=Path(sys.argv[1]), valkey_port=int(sys.argv[2]))
valkey.start(settings)
valkey.wait_ready(settings)
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings for a server of this test, in a folder with an awkward name."""
    return Settings(data_dir=tmp_path / 'a "b" c', valkey_port=free_port())


@pytest.fixture
def server(own: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A running server."""
    started = valkey.start(own)
    valkey.wait_ready(own)
    yield started
    started.kill()
    started.wait()


def client(settings: Settings) -> redis.Redis:
    """A connection that knows the password."""
    return redis.Redis.from_url(settings.broker_url, decode_responses=True)


def test_nobody_gets_in_without_the_password(
    own: Settings, server: subprocess.Popen[bytes]
) -> None:
    """And the password is on no command line."""
    with (
        redis.Redis(port=own.valkey_port) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()
    line = subprocess.run(
        ["ps", "-o", "args=", "-p", str(server.pid)], capture_output=True, text=True, check=True
    )
    assert own.kept_secret(valkey.SECRET) not in line.stdout


def test_it_is_set_up_to_lose_no_job(own: Settings, server: subprocess.Popen[bytes]) -> None:
    """What is written is appended to a file; a full server refuses rather than evicts."""
    expected = {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "bind": "127.0.0.1",
        "timeout": "0",
    }
    with client(own) as connection:
        assert connection.config_get(*expected) == expected
        assert int(connection.config_get("maxmemory")["maxmemory"]) > 0
    assert server.poll() is None


def test_data_survives_a_kill(own: Settings, server: subprocess.Popen[bytes]) -> None:
    """The next start finds what was written before."""
    with client(own) as connection:
        connection.set("kept", "yes")
    server.kill()
    server.wait()
    again = valkey.start(own)
    try:
        valkey.wait_ready(own)
        with client(own) as connection:
            assert connection.get("kept") == "yes"
    finally:
        again.terminate()
        again.wait(10)


def test_a_server_left_behind_is_recognised_and_ended(
    own: Settings, server: subprocess.Popen[bytes]
) -> None:
    """Only one that knows our password is ours."""
    stranger = Settings(data_dir=own.data_dir / "other", valkey_port=own.valkey_port)
    assert not valkey.is_ours(stranger)
    assert valkey.is_ours(own)
    valkey.shut_down(own)
    assert server.wait(5) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_it_does_not_outlive_a_parent_that_is_killed(own: Settings) -> None:
    """However the parent ends."""
    arguments = [sys.executable, "-c", KEEPER, str(own.data_dir), str(own.valkey_port)]
    with subprocess.Popen(arguments, cwd=CHECKOUT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        while parent.stdout.readline() not in {b"ready\n", b""}:
            pass
        assert valkey.answers(own)
        parent.kill()
    wait_until(lambda: not valkey.port_taken(own), "the server being gone", 5)


def test_a_server_that_does_not_come_up_is_said_so(own: Settings) -> None:
    """With the port and the folder to look at."""
    with pytest.raises(valkey.ValkeyError, match=f"port {own.valkey_port}"):
        valkey.wait_ready(own, within_s=0.1)
