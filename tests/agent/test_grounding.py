"""Which numbers a text may have."""

from __future__ import annotations

import pytest

from worker.agent.grounding import sentences, ungrounded
from worker.agent.results import QueryResult, Table

RESULT = QueryResult(
    table=Table(
        columns=["month", "average"], rows=[["2014-12", 6.2345], ["July", -1532]], total_rows=2
    ),
    column_types=["text", "number"],
    rows_read=1461,
    rows_used=365,
    elapsed_ms=1.0,
)


@pytest.mark.parametrize(
    "text",
    [
        "It was 6.2345.",
        "It was 6.23, or 6.2, or about 6.",
        "It fell to -1,532 or \u22121532.",
        "Of 1,461 rows 365 were used.",
        "In 2014 there were none.",
        "More than 20 as asked.",
        "No numbers at all.",
    ],
)
def test_cells_their_roundings_and_the_questions_numbers_are_grounded(text: str) -> None:
    assert ungrounded(text, "More than 20?", RESULT) == []


@pytest.mark.parametrize(
    ("text", "strange"),
    [("It was 6.24.", ["6.24"]), ("It was 7.", ["7"]), ("2015 had 6.2.", ["2015"])],
)
def test_other_numbers_are_not(text: str, strange: list[str]) -> None:
    assert ungrounded(text, "More than 20?", RESULT) == strange


def test_sentences_add_and_lose_nothing() -> None:
    pieces = ["It was 6", ".2 mm. Then ", "it", " rained! Was it"]
    assert list(sentences(pieces)) == ["It was 6.2 mm. ", "Then it rained! ", "Was it"]
