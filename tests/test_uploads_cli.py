"""`tailrace datasets add, show, remove`, as a person runs them, against a real API and worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import CHECKOUT
from tests.support.stack import Stack

SALES = "region;amount\nNorth;1,5\nSouth;2,25\nbroken\n"


class Terminal:
    """Somebody's terminal: their state folder, their commands."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._url = stack.url
        self._env = {"PATH": "/usr/bin:/bin", "XDG_STATE_HOME": str(folder), "COLUMNS": "120"}

    def run(self, *arguments: str, code: int = 0) -> str:
        """A command's output; its errors when it fails."""
        ended = subprocess.run(
            [sys.executable, "-m", "cli", *arguments, "--url", self._url],
            cwd=CHECKOUT,
            env=self._env,
            check=False,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout if code == 0 else ended.stderr


@pytest.fixture
def terminal(stack: Stack, tmp_path: Path) -> Terminal:
    return Terminal(stack, tmp_path / "state")


def test_a_table_is_added_shown_asked_about_and_removed(terminal: Terminal, tmp_path: Path) -> None:
    """By commands that know each other's person; for a stranger there is no such table."""
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    report = terminal.run("datasets", "add", str(file), "--title", "Turnover")
    assert "Turnover is ready: 2 rows, 2 columns. Rows of the file that are not in it: 1." in report
    assert "line 4" in report
    listed = json.loads(terminal.run("datasets", "--json"))
    (dataset,) = [one["id"] for one in listed if one["uploaded"]]
    assert "amount" in terminal.run("datasets", "show", dataset)
    answer = terminal.run("ask", "What is the total amount?", "--dataset", dataset, "--json")
    assert "3.75" in json.loads(answer)["answer"]
    file.write_text("region;amount\nNorth;8\n")
    again = terminal.run("datasets", "add", str(file), "--replaces", dataset, "--json")
    assert (json.loads(again)["dataset"], json.loads(again)["rows"]) == (dataset, 1)
    terminal.run("datasets", "remove", dataset)
    assert "no dataset" in terminal.run("datasets", "show", dataset, code=1)


def test_what_cannot_be_added_is_said_in_one_line(terminal: Terminal, tmp_path: Path) -> None:
    assert "No such file" in terminal.run("datasets", "add", str(tmp_path / "none.csv"), code=2)
    (tmp_path / "notes.docx").write_text("x")
    assert "must end in" in terminal.run("datasets", "add", str(tmp_path / "notes.docx"), code=2)
    (tmp_path / "bad.parquet").write_text("x" * 100)
    said = terminal.run("datasets", "add", str(tmp_path / "bad.parquet"), code=1)
    assert "bad.parquet cannot be used" in said
    assert len(said.strip().splitlines()) == 1
    assert "everybody" in terminal.run("datasets", "remove", "penguins", code=1)
    assert "no id" in terminal.run("datasets", "remove", "../x", code=2)


def test_a_strangers_terminal_sees_nothing(
    stack: Stack, terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(SALES)
    dataset = json.loads(terminal.run("datasets", "add", str(file), "--json"))["dataset"]
    stranger = Terminal(stack, tmp_path / "other")
    assert dataset not in stranger.run("datasets")
    stranger.run("datasets", "remove", dataset, code=1)
    assert dataset in terminal.run("datasets")
