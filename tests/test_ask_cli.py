"""`tailrace ask`, as a person runs it, against a real API and worker."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from tests.support.stack import Stack
from tests.support.terminal import Terminal

QUESTION = ("ask", "How many days were rainy?", "--dataset", "seattle-weather")


@pytest.fixture
def terminal(stack: Stack, tmp_path: Path) -> Terminal:
    return Terminal(stack, tmp_path / "state")


def test_an_answer_says_what_it_stands_on(terminal: Terminal) -> None:
    """Its number, its table, and the coverage that the page shows as well."""
    said = " ".join(terminal.run(*QUESTION).split())
    assert "There are 641 days" in said
    assert "641 of 1,461 days of Seattle weather were used" in said


def test_a_receipt_is_written_and_can_be_verified(terminal: Terminal, tmp_path: Path) -> None:
    """By the command that runs it again over the tables of this machine."""
    file = tmp_path / "receipt.json"
    terminal.run(*QUESTION, "--receipt", str(file))
    assert json.loads(file.read_text())["question"] == "How many days were rainy?"
    assert "identical" in terminal.run("verify", str(file))


def test_a_receipt_is_written_even_if_nobody_reads_the_answer(
    terminal: Terminal, tmp_path: Path
) -> None:
    """As before `| head`, which closes the pipe."""
    file = tmp_path / "receipt.json"
    assert "Traceback" not in terminal.run_unread(*QUESTION, "--receipt", str(file))
    assert json.loads(file.read_text())["question"] == "How many days were rainy?"


def test_a_receipt_that_cannot_be_written_is_one_clear_line(terminal: Terminal) -> None:
    """The answer is there all the same; exit code 2."""
    errors = terminal.run(*QUESTION, "--receipt", "/nowhere/receipt.json", code=2)
    assert errors.splitlines()[-1] == "tailrace: /nowhere/receipt.json: No such file or directory."


def test_numbers_of_a_column_have_as_many_decimals(terminal: Terminal) -> None:
    """So that they stand one below the other."""
    said = terminal.run("ask", "top 3 hottest days", "--dataset", "seattle-weather")
    assert [word for word in said.split() if word in {"35.6", "35.0", "34.4", "35"}] == [
        "35.6", "35", "35.6", "35.0", "34.4",
    ]  # fmt: skip


def test_a_question_goes_on_in_the_latest_conversation(terminal: Terminal, stack: Stack) -> None:
    """And there must be one."""
    errors = terminal.run("ask", "-c", "and on the coldest?", code=2)
    assert errors.splitlines()[-1] == (
        "tailrace: There is no conversation to continue yet: ask without -c."
    )
    for question in (QUESTION, ("ask", "-c", "What was the hottest day?")):
        terminal.run(*question)
    cookies = terminal.cookies()
    [kept] = httpx2.get(f"{stack.url}/api/conversations", cookies=cookies).json()["conversations"]
    assert kept["turns"] == 2
