"""The rules by which WikiTableQuestions compares answers: text, numbers, dates, lists."""

from __future__ import annotations

import pytest

from bench.wiki.rules import agrees, matches, normalised


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Beyoncé", "beyonce"),
        ("“Hello” \u2013 it\u2019s me", '"hello" - it\'s me'),
        ("Boston[3]", "boston"),
        ("Boston [note 2]†", "boston"),
        ("Mali (Africa) (2004)", "mali"),
        ('"Heroes"', "heroes"),
        ("St. Louis.", "st. louis"),
        ("two   words\n", "two words"),
        ("[1] first", "[1] first"),
        ("(none)", "(none)"),
    ],
)
def test_text_is_compared_without_accents_notes_and_brackets(raw: str, plain: str) -> None:
    assert normalised(raw) == plain


@pytest.mark.parametrize(
    ("wanted", "given", "same"),
    [
        ("4", "4.0", True),
        ("1,234", "1234", True),
        ("0.1", "0.1000000001", True),
        ("0.1", "0.10001", False),
        ("-3", "3", False),
        ("4", "four", False),
        ("2001-05-03", "2001-5-3", True),
        ("2001-05-03", "2001-05-04", False),
        ("xxxx-05-03", "xx-05-03", True),
        ("xxxx-05-03", "2001-05-03", False),
        ("2001-xx-xx", "2001", True),
        ("2001-05-xx", "2001", False),
        ("5.", "5", True),
        ("nan", "NaN", True),
    ],
)
def test_numbers_and_dates_are_compared_as_such(wanted: str, given: str, same: bool) -> None:
    assert matches(wanted, given) is same


@pytest.mark.parametrize(
    ("wanted", "given", "right"),
    [
        (["a", "b"], ["b", "a"], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a", "b"], False),
        (["a"], ["a", "A", "a (1)"], True),
        (["1", "1.0"], ["1"], True),
        (["3", "Ghana"], ["ghana", "3.0"], True),
        (["a"], [], False),
    ],
)
def test_lists_agree_in_any_order_and_as_sets(
    wanted: list[str],
    given: list[str],
    right: bool,
) -> None:
    assert agrees(wanted, given) is right
