"""docker-compose.yml is valid and keeps its promises. No container engine is needed, or run."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cli import valkey
from cli.main import app
from shared.settings import CHECKOUT, Settings

HERE = Path(__file__).resolve().parent
#: How long the supervisor, and so a person, waits for a worker to finish its jobs.
WORKER_NEEDS_S = 40


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file, with its merges resolved."""
    parsed: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return parsed


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    """The specification's own schema."""
    return jsonschema.Draft7Validator(json.loads((HERE / "compose-spec.json").read_text()))


def test_the_file_follows_the_compose_specification(
    compose: dict[str, Any], validator: jsonschema.Draft7Validator
) -> None:
    """Every member is known and of the right kind."""
    assert [error.message for error in validator.iter_errors(compose)] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"stop_grace_perod": "45s"},
        {"ports": {"8000": 8000}},
        {"depends_on": {"valkey": {"condition": "healthy"}}},
        {"healthcheck": {"test": 1}},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_a_fault_in_the_file_would_be_found(
    compose: dict[str, Any], validator: jsonschema.Draft7Validator, fault: dict[str, Any]
) -> None:
    """The schema is not merely loaded."""
    broken = copy.deepcopy(compose)
    broken["services"]["api"] |= fault
    assert not validator.is_valid(broken)


def test_every_process_runs_from_the_one_image(compose: dict[str, Any]) -> None:
    """By a command that `tailrace` has."""
    commands = {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    ours = {name: found for name, found in compose["services"].items() if name != "valkey"}
    assert set(ours) == {"api", "worker", "flower"}
    for name, service in ours.items():
        assert service["image"] == "tailrace"
        assert service["build"] == "."
        assert service["command"] == [name]
        assert name in commands


def test_processes_wait_until_valkey_is_healthy(compose: dict[str, Any]) -> None:
    """So none starts into an error."""
    assert compose["services"]["valkey"]["healthcheck"]["test"]
    for name in ("api", "worker", "flower"):
        waits_for = compose["services"][name]["depends_on"]
        assert waits_for == {"valkey": {"condition": "service_healthy"}}


def test_a_worker_gets_the_time_to_finish_its_jobs(compose: dict[str, Any]) -> None:
    """Before the engine kills it."""
    grace = compose["services"]["worker"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) >= WORKER_NEEDS_S


def test_workers_scale_and_flower_is_a_choice(compose: dict[str, Any]) -> None:
    """Nothing about a worker exists once only."""
    worker = compose["services"]["worker"]
    assert worker["deploy"]["replicas"] == "${WORKERS:-2}"
    assert not {"container_name", "ports", "hostname"} & set(worker)
    assert compose["services"]["flower"]["profiles"] == ["monitor"]


def test_the_api_and_the_workers_share_the_data_directory(compose: dict[str, Any]) -> None:
    """An uploaded file is written by one and read by another."""
    assert "TAILRACE_DATA_DIR=/var/lib/tailrace\n" in (CHECKOUT / "Dockerfile").read_text()
    for name in ("api", "worker"):
        assert "tables:/var/lib/tailrace" in compose["services"][name]["volumes"]


def test_nothing_listens_beyond_this_machine(compose: dict[str, Any]) -> None:
    """What should, stands behind a proxy."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_secrets_come_from_the_environment(compose: dict[str, Any]) -> None:
    """None has a value, or a default, in the file, and none is on a command line."""
    text = json.dumps(compose)
    for name in ("VALKEY_PASSWORD", "TAILRACE_SECRET_KEY"):
        assert re.findall(r"\$\{" + name + r"[^:}]", text) == []
        assert f"${{{name}:-" not in text
        assert f"${{{name}:?" in text
    services = compose["services"]
    assert services["worker"]["environment"]["TAILRACE_OPENAI_API_KEY"] is None
    assert services["flower"]["environment"]["TAILRACE_FLOWER_BASIC_AUTH"] is None
    assert all("$" not in word for found in services.values() for word in found["command"])


def test_valkey_is_set_up_as_the_embedded_one(compose: dict[str, Any], tmp_path: Path) -> None:
    """Durable, and never dropping what was accepted."""
    own = {"bind", "port", "requirepass", "dir", "daemonize", "loglevel"}
    there = directives(compose["configs"]["valkey"]["content"]) - own
    here = directives(valkey.configuration(Settings(data_dir=tmp_path))) - own
    assert there == here


class Directives(dict[str, str]):
    """A server's configuration by directive."""

    def __sub__(self, names: set[str]) -> Directives:
        return Directives({name: value for name, value in self.items() if name not in names})


def directives(text: str) -> Directives:
    """Read a configuration."""
    lines = [line.split(" ", 1) for line in text.splitlines() if line and line[0] != "#"]
    return Directives(dict(lines))
