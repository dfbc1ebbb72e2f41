"""Fixtures: a Valkey per test process, emptied before each test; stacks of processes; tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
import redis

from cli import valkey as embedded
from shared.attempts import Attempts
from shared.conversations import Conversations
from shared.jobs import Jobs
from shared.settings import CHECKOUT, Settings
from tests.agent.golden.answers import TABLES
from tests.support.agent import Agent
from tests.support.processes import free_port
from tests.support.stack import Stack
from tests.support.tables import agent_over

#: `--hypothesis-profile long`: more plans of interruptions, and other ones each time.
hypothesis.settings.register_profile("long", max_examples=400, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What is too much for every run."""
    parser.addoption(
        "--whole-corpus", action="store_true", help="try all hostile statements, not a sample"
    )


@pytest.fixture(scope="session", autouse=True)
def _nobodys_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Commands under test do not know who ran them before."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Valkey server of this test process, for what runs as processes."""
    yield from _served(tmp_path_factory.mktemp("valkey"))


@pytest.fixture(scope="session")
def lone_valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another one, at which no process rescues what a test wants to rescue itself."""
    yield from _served(tmp_path_factory.mktemp("lone-valkey"))


def _served(folder: Path) -> Generator[str]:
    settings = Settings(data_dir=folder, valkey_port=free_port())
    server = embedded.start(settings)
    try:
        embedded.wait_ready(settings)
        yield settings.broker_url
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """The server of a test: that of its processes, if it has any."""
    processes = "valkey_url" in request.fixturenames
    url: str = request.getfixturevalue("valkey_url" if processes else "lone_valkey_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[redis.Redis]:
    """The server, emptied."""
    client = redis.Redis.from_url(store_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    """Settings over the test's server and folder."""
    return Settings(redis_url=store_url, data_dir=tmp_path)


@pytest.fixture
def jobs(store: redis.Redis, settings: Settings) -> Jobs:
    """The API's side of the jobs."""
    return Jobs(store, settings)


@pytest.fixture
def attempts(store: redis.Redis, settings: Settings) -> Attempts:
    """The worker's side of them."""
    return Attempts(store, settings)


@pytest.fixture
def conversations(store: redis.Redis) -> Conversations:
    """What is kept when their logs are gone."""
    return Conversations(store)


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over the three demo tables."""
    with agent_over(CHECKOUT / "data", tmp_path_factory) as made:
        yield made


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over the tables made for golden questions."""
    with agent_over(TABLES, tmp_path_factory) as made:
        yield made


@pytest.fixture(scope="session")
def running_desk(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An API that all tests of this process share."""
    # Nobody renews the leases of a test that plays the worker.
    made = Stack(valkey_url, tmp_path_factory.mktemp("desk"), LEASE_S="600")
    try:
        made.start_api()
        yield made
    finally:
        made.stop()


@pytest.fixture
def desk(running_desk: Stack, store: redis.Redis) -> Stack:
    """An API without workers: the test plays the worker, so it decides when events come."""
    return running_desk


@pytest.fixture(scope="session")
def running_servers(
    running_desk: Stack, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Stack]]:
    """APIs under other servers, by name, each started when a test first wants it."""
    made = {"gunicorn": running_desk}

    def get(name: str) -> Stack:
        if name not in made:
            made[name] = Stack(valkey_url, tmp_path_factory.mktemp(name), LEASE_S="600")
            made[name].server = ["tests.support.other_server", name]
            made[name].start_api()
        return made[name]

    try:
        yield get
    finally:
        for name, stack in made.items():
            if name != "gunicorn":
                stack.stop()


@pytest.fixture(params=["gunicorn", "waitress", "gthread"])
def any_desk(
    request: pytest.FixtureRequest, running_servers: Callable[[str], Stack], store: redis.Redis
) -> Stack:
    """A desk whose streams are handed over, and two whose are generators."""
    return running_servers(request.param)


@pytest.fixture(params=["gunicorn", "gthread", "werkzeug"])
def talking_desk(
    request: pytest.FixtureRequest, running_servers: Callable[[str], Stack], store: redis.Redis
) -> Stack:
    """Desks that speak WebSocket: one hands its sockets over, two only let them be used."""
    return running_servers(request.param)


@pytest.fixture(params=["gunicorn", "gthread"])
def either_desk(
    request: pytest.FixtureRequest, running_servers: Callable[[str], Stack], store: redis.Redis
) -> Stack:
    """A desk that hands its sockets over, and one that keeps them but shows them."""
    return running_servers(request.param)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product: a store that no test empties, API and worker; all tests share it."""
    with closing(_served(tmp_path_factory.mktemp("whole-valkey"))) as served:
        made = Stack(next(served), tmp_path_factory.mktemp("stack"))
        try:
            made.start_api()
            made.start_worker()
            yield made
        finally:
            made.stop()
