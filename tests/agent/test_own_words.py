"""Words of an installation's own, in a file for all tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.agent import Agent
from worker.models.builtin.lexicon import OwnWords, use_words
from worker.models.builtin.own_words import WordsFile

WORDS = """
same = [["gusts", "wind"], ["sturm", "gusts"]]

[columns]
"Body Mass (g)" = ["heaviness of the bird"]

[values]
"Adelie" = ["little ones"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where the words are; afterwards the process has none of its own again."""
    yield tmp_path / "synonyms.toml"
    use_words(OwnWords())


def written(file: Path, text: str, at_s: int) -> None:
    """Write the file, at some time of its own: two writes may come within one tick."""
    file.write_text(text)
    os.utime(file, (at_s, at_s))


QUESTIONS = [
    ("Average sturm by year", "Average wind by year", "seattle-weather"),
    ("Average heaviness of the bird by species", "Average body mass by species", "penguins"),
    ("How many little ones are on Dream?", "How many Adelie are on Dream?", "penguins"),
]


@pytest.mark.parametrize(("question", "same_as", "dataset"), QUESTIONS)
def test_a_word_of_the_file_is_read_in_every_table(
    agent: Agent, file: Path, question: str, same_as: str, dataset: str
) -> None:
    words = WordsFile(file)
    words.renew()
    assert agent.ask(question, dataset).answer.table is None
    written(file, WORDS, 1)
    words.renew()
    answer, wanted = agent.ask(question, dataset).answer, agent.ask(same_as, dataset).answer
    assert answer.table is not None, answer.answer
    assert answer.table == wanted.table
    file.unlink()
    words.renew()
    assert agent.ask(question, dataset).answer.table is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("same = [", "Invalid"),
        ('same = "wind"', "same: Input should be a valid list."),
        ('sames = [["a", "b"]]', "sames: Extra inputs are not permitted."),
        ("[values]\nAdelie = 3", "values.Adelie: Input should be a valid list."),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_changes_nothing(
    agent: Agent, file: Path, text: str, said: str
) -> None:
    words = WordsFile(file)
    written(file, WORDS, 1)
    words.renew()
    written(file, text, 2)
    with capture_logs() as logs:
        words.renew()
        words.renew()
    (line,) = [one["event"] for one in logs]
    assert line.startswith(f"synonyms.toml is not used: {said}")
    assert "\n" not in line
    question, _, dataset = QUESTIONS[0]
    assert agent.ask(question, dataset).answer.table is not None
