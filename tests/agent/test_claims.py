"""Every number of an answer is bound, and none that was changed stays unnoticed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.agent.golden.demo import PENGUINS, UNEMPLOYMENT, WEATHER
from tests.support.agent import Agent, Asked
from worker.agent.claims import NUMERAL, Facts, UnknownClaim, faults, parts_of
from worker.agent.evidence import Coverage, TextPart
from worker.agent.results import Answer, Table
from worker.agent.telling import sentences
from worker.query.wording import chosen

QUESTIONS = [
    *(("seattle-weather", question) for question, _ in WEATHER[::3]),
    *(("penguins", question) for question, _ in PENGUINS[::3]),
    *(("unemployment-across-industries", question) for question, _ in UNEMPLOYMENT[::3]),
    ("penguins", "Compare the body mass of Adelie and Gentoo"),
    ("seattle-weather", "Driest day?"),
    ("seattle-weather", "Compare average wind in winter and summer"),
]


@pytest.fixture(scope="module")
def answered(agent: Agent) -> list[Asked]:
    """Answers of the built-in planner, of many shapes."""
    asked = [agent.ask(question, dataset) for dataset, question in QUESTIONS]
    return [one for one in asked if one.answer.type == "particular_response"]


def facts_of(asked: Asked, agent: Agent, table: Table | None = None) -> Facts:
    """What an answer may say, by its table or another."""
    answer, plan = asked.answer, asked.done["plan"].plan
    assert answer.table is not None
    assert answer.coverage is not None
    said = chosen(plan, agent.datasets[plan.dataset_id])
    return Facts(table or answer.table, answer.coverage, said)


def said(asked: Asked) -> str:
    """The texts whose numbers the words may repeat."""
    columns = asked.answer.table.columns if asked.answer.table else []
    assert asked.answer.query is not None
    return " ".join([asked.done["intent"].reasoning, asked.answer.query["plan"], *columns])


def test_every_number_is_bound_or_stands_in_the_question(
    answered: list[Asked], agent: Agent
) -> None:
    """Without the parts that code filled in, nothing is left but words and what was asked."""
    assert len(answered) > 25
    bound = 0
    for asked in answered:
        answer = asked.answer
        assert "".join(part.text for part in answer.parts) == answer.answer
        assert faults(answer.parts, facts_of(asked, agent), said(asked)) == []
        bound += sum(part.cell is not None for part in answer.parts)
    assert bound > 80


Change = Callable[[Any, Table, int, int], Any]
CHANGES: dict[str, Change] = {
    "fabricated": lambda value, *_: 987_654_321 if value != 987_654_321 else 1,
    "drift": lambda value, *_: value * 1.04 + 1,
    "digits": lambda value, *_: float(_swapped(value)),
    "sign": lambda value, *_: -value or 7,
}


def _swapped(value: float) -> str:
    """The number with its first digit another."""
    text = f"{value:.6f}"
    at = next(n for n, letter in enumerate(text) if letter.isdigit())
    return text[:at] + str((int(text[at]) + 1) % 10 or 1) + text[at + 1 :]


def numbers_told(answer: Answer) -> Iterator[tuple[TextPart, int, int]]:
    """The parts that tell a number of the table, with their cells."""
    assert answer.table is not None
    for part in answer.parts:
        if part.cell is not None and part.less is None:
            row, column = part.cell
            value = answer.table.rows[row][column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield part, row, column


@pytest.mark.parametrize("change", CHANGES)
def test_a_cell_that_changes_under_the_text_is_noticed(
    answered: list[Asked], agent: Agent, change: str
) -> None:
    """Every single number of every answer."""
    tried = 0
    for asked in answered:
        for part, row, column in numbers_told(asked.answer):
            table = copy.deepcopy(asked.answer.table)
            assert table is not None
            value = table.rows[row][column]
            if change == "sign" and table.rows[row][0] == "difference":
                continue  # how far two selections are apart is told without a sign
            table.rows[row][column] = CHANGES[change](value, table, row, column)
            found = faults(asked.answer.parts, facts_of(asked, agent, table), said(asked))
            assert found, (part, value)
            tried += 1
    assert tried > 40


def test_a_difference_and_a_count_of_rows_that_change_are_noticed(
    answered: list[Asked], agent: Agent
) -> None:
    """How far two cells are apart, from either side; every number of the coverage, too."""
    apart = counts = 0
    for asked in answered:
        facts = facts_of(asked, agent)
        for part in asked.answer.parts:
            for cell in (part.cell, part.less) if part.less else ():
                assert cell is not None
                table = copy.deepcopy(facts.table)
                table.rows[cell[0]][cell[1]] = table.rows[cell[0]][cell[1]] * 1.5 + 3
                assert faults(asked.answer.parts, facts_of(asked, agent, table), said(asked))
                apart += 1
            value = getattr(facts.coverage, part.field, None) if part.field else None
            if isinstance(value, int):
                other = facts.coverage.model_copy(update={str(part.field): value + 1})
                changed = Facts(facts.table, other, facts.filters)
                assert faults(asked.answer.parts, changed, said(asked)), part
                counts += 1
    assert apart >= 2
    assert counts >= 5


def test_rows_that_are_swapped_are_noticed(answered: list[Asked], agent: Agent) -> None:
    """A right number beside the wrong name is wrong."""
    tried = 0
    for asked in answered:
        table = asked.answer.table
        assert table is not None
        for _, row, column in numbers_told(asked.answer):
            for other in range(len(table.rows)):
                if table.rows[other][column] in (table.rows[row][column], None) or tried > 300:
                    continue
                swapped = copy.deepcopy(table)
                rows = swapped.rows
                rows[row][column], rows[other][column] = rows[other][column], rows[row][column]
                if facts_of(asked, agent).cell(row, column) == facts_of(asked, agent, swapped).cell(
                    row, column
                ):
                    continue  # the same after rounding: the text is as true as before
                found = faults(asked.answer.parts, facts_of(asked, agent, swapped), said(asked))
                assert found, (asked.answer.answer, row, other)
                tried += 1
    assert tried > 100


def test_a_text_whose_digits_change_is_noticed(answered: list[Asked], agent: Agent) -> None:
    """Bound or not: any numeral of any part, also of those that come from the coverage."""
    tried = 0
    for asked in answered:
        for at, part in enumerate(asked.answer.parts):
            for match in NUMERAL.finditer(part.text):
                first = match.start() + (not match.group()[0].isdigit())
                other = str((int(part.text[first]) + 3) % 10)
                text = f"{part.text[:first]}{other}{part.text[first + 1 :]}"
                parts = [*asked.answer.parts]
                parts[at] = part.model_copy(update={"text": text})
                changed = [m.group() for m in NUMERAL.finditer(text)]
                if part.cell is None and all(number in said(asked) for number in changed):
                    continue
                assert faults(parts, facts_of(asked, agent), said(asked)), (part, text)
                tried += 1
    assert tried > 100


def test_a_number_that_is_added_is_noticed(answered: list[Asked], agent: Agent) -> None:
    for asked in answered:
        parts = [*asked.answer.parts, TextPart(text=" That is 4.71 more than before.")]
        assert faults(parts, facts_of(asked, agent), said(asked)) == ["4.71"]


FACTS = Facts(
    Table(
        columns=["place", "year", "mass"],
        rows=[["bonn", 2014, 6.2345], ["Rome", 1999, None]],
        total_rows=2,
        units=[None, None, "kg"],
    ),
    Coverage(sentence="", rows_in_table=1461, rows_used=365, dataset_version="0"),
    "in 2014",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{r0c0}} had {{ r0c2 }}.", "Bonn had 6.23 kg."),
        ("In {{r0c1}}, {{rows_used}} of {{rows_in_table}}", "In 2014, 365 of 1,461"),
        ("{{r0c1-r1c1}} years {{filters}}", "15 years in 2014"),
        ("{{r1c2}} there", "No value there"),
        ("no tokens", "no tokens"),
    ],
)
def test_tokens_become_what_they_are_bound_to(text: str, shown: str) -> None:
    parts = parts_of(text, FACTS)
    assert "".join(part.text for part in parts) == shown
    assert faults(parts, FACTS, "") == []


@pytest.mark.parametrize(
    "text", ["{{r2c0}}", "{{r0c3}}", "{{ties}}", "{{dataset_version}}", "{{r0c1-r0c2}}", "{{x}}"]
)
def test_a_token_bound_to_nothing_is_an_error(text: str) -> None:
    with pytest.raises(UnknownClaim):
        parts_of(text, FACTS)


@pytest.mark.parametrize(
    ("words", "strange"),
    [
        ("grew by .5", [".5"]),
        ("a ½ of it", ["½"]),
        ("7.25 or 7,250", ["7.25", "7250"]),
        ("temp2 of R4", []),
        ("in 2014", []),
        ("minus \u22123", ["-3"]),
    ],
)
def test_numbers_in_words_are_seen(words: str, strange: list[str]) -> None:
    assert faults([TextPart(text=words)], FACTS, "What about 2014?") == strange


def test_sentences_add_and_lose_nothing() -> None:
    pieces = ["It was {{r0c2", "}}. Then ", "it", " rained! Was it"]
    assert list(sentences(pieces)) == ["It was {{r0c2}}. ", "Then it rained! ", "Was it"]
