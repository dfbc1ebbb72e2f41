"""`tailrace datasets add, show, remove`, as a person runs them, against a real API and worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.stack import Stack
from tests.support.terminal import Terminal

SALES = "region;amount\nNorth;1,5\nSouth;2,25\nbroken\n"


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
