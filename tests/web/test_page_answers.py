"""Answers on the page can be checked: numbers, coverage, receipts, tables, charts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.support.browser import Visit
from tests.support.page import CHART, Played, Reader, result, words_only
from tests.support.stack import Stack

MANY_ROWS = 100_000
KINDS = {
    "empty": "No rows match",
    "truncated": "Shown in part",
    "refused": "Not answered",
    "out_of_data": "Not in this data",
    "timed_out": "It took too long",
    "failed": "Something went wrong",
    "clarification": "Which do you mean?",
}


def answered(desk: Stack, visit: Visit, made: dict[str, Any] | None = None) -> Reader:
    """Somebody who has got this answer."""
    reader = Reader(visit(desk))
    work = Played(desk, reader.ask())
    work.steps()
    work.answer(made)
    expect(reader.last(".result")).to_be_visible()
    return reader


def test_a_number_and_its_cell_show_each_other(desk: Stack, visit: Visit) -> None:
    """Both ways, by pointer and by keyboard."""
    reader = answered(desk, visit)
    number, cell = reader.last(".num[data-cell='0,1']"), reader.last("td[data-cell='0,1']")
    expect(number).to_have_text("5.35")
    expect(cell).to_have_class("number cited")
    number.hover()
    expect(cell).to_have_class("number cited marked")
    cell.hover()
    expect(number).to_have_class("num lit")
    number.focus()
    reader.page.keyboard.press("Enter")
    expect(cell).to_be_focused()


def test_the_coverage_stands_under_the_answer(desk: Stack, visit: Visit) -> None:
    """Its sentence, and on asking its figures; a number of it leads there."""
    reader = answered(desk, visit)
    expect(reader.last(".coverage summary")).to_contain_text("All 1,461 rows")
    reader.last(".num.of-coverage").click()
    expect(reader.last(".coverage dl")).to_contain_text("2: no value in precipitation")
    expect(reader.last(".made-by")).to_have_text("built-in planner · 0.4s")
    cost = {
        "elapsed_ms": 61_500,
        "model_calls": 2,
        "tokens_in": 1200,
        "tokens_out": 34,
        "usd": 0.012,
    }
    Played(desk, reader.ask("Dear?")).answer(result(planner="openai:large", cost=cost))
    expect(reader.last(".made-by")).to_have_text("openai:large · 1 min 1 s · 1,234 tokens · $0.012")


def test_the_receipt_is_a_file(desk: Stack, visit: Visit, tmp_path: Path) -> None:
    """All that is needed to run it again."""
    reader = answered(desk, visit)
    with reader.page.expect_download() as download:
        reader.last("button:has-text('Receipt')").click()
    download.value.save_as(tmp_path / "receipt.json")
    assert json.loads((tmp_path / "receipt.json").read_text())["result_hash"] == "abc"


def test_a_follow_up_says_what_it_was_understood_as(desk: Stack, visit: Visit) -> None:
    """Under the question, when it was read as another one than was typed."""
    reader = answered(desk, visit, result(resolved_question="Which month is the driest?"))
    expect(reader.last(".resolved")).to_have_text("Understood as: Which month is the driest?")
    Played(desk, reader.ask("The same?")).answer(result(resolved_question="The same?"))
    expect(reader.last(".result")).to_be_visible()
    expect(reader.last(".resolved")).to_have_count(0)


def test_a_statistic_says_its_method_its_size_and_its_number(desk: Stack, visit: Visit) -> None:
    """In words whose figures lead to their cells."""
    parts: list[dict[str, Any]] = [
        {"text": "The correlation (Pearson) of rain with wind is "},
        {"text": "0.43", "cell": [0, 0]},
        {"text": ", a medium one, over "},
        {"text": "1,461", "cell": [0, 1]},
        {"text": " pairs."},
    ]
    columns = ["correlation (Pearson) of rain with wind", "number of pairs"]
    table = {"columns": columns, "rows": [[0.4321, 1461]], "total_rows": 1, "truncated": False}
    answer = "".join(str(part["text"]) for part in parts)
    reader = answered(desk, visit, result(answer=answer, parts=parts, table=table, chart=None))
    expect(reader.last(".prose")).to_have_text(answer)
    expect(reader.last("th").first).to_contain_text("Pearson")
    reader.last(".num", has_text="1,461").click()
    expect(reader.last("td[data-cell='0,1']")).to_be_focused()


def test_what_is_no_answer_looks_unlike_one(desk: Stack, visit: Visit) -> None:
    """Each kind has its own words and its own look."""
    reader = answered(desk, visit)
    looks = {look(reader.last(".result"))}
    for kind, heading in KINDS.items():
        Played(desk, reader.ask(kind)).answer(words_only(kind, "It is so."))
        expect(reader.last(".kind")).to_have_text(heading)
        looks.add(look(reader.last(".result")))
    assert len(looks) == len(KINDS) + 1


def look(result: Locator) -> str:
    """Border, background and headline colour of a result."""
    return str(
        result.evaluate(
            """(node) => { const style = getComputedStyle(node);
            const kind = node.querySelector('.kind');
            return [style.borderLeft, style.borderTopStyle, style.backgroundColor,
                kind && getComputedStyle(kind).color].join() }"""
        )
    )


def test_a_clarification_is_answered_by_a_button(desk: Stack, visit: Visit) -> None:
    """The choices are buttons, and a choice is the next question."""
    choices = ["The highest temperature", "The lowest temperature"]
    made = words_only("clarification", "Which one?", suggestions=choices)
    reader = answered(desk, visit, made)
    reader.last(".choices button").nth(1).click()
    expect(reader.page.locator(".turn .question")).to_have_text(
        ["Which month is the wettest on average?", "The lowest temperature"]
    )


def test_text_is_never_markup(desk: Stack, visit: Visit) -> None:
    """Not in the answer, not in a cell, not in a column's name, not in the question."""
    evil = "<img src=x onerror=alert(1)><b>bold</b>"
    table = {"columns": [evil, "n"], "rows": [[evil, 1]], "total_rows": 1, "truncated": False}
    made = result(answer=evil, parts=[{"text": evil}], table=table, chart=None)
    reader = answered(desk, visit, made)
    expect(reader.last(".prose")).to_have_text(evil)
    expect(reader.last("td").first).to_have_text(evil)
    Played(desk, reader.ask(evil)).answer()
    expect(reader.last(".question")).to_have_text(evil)
    assert reader.page.locator("#turns img, #turns .prose b, #turns td b").count() == 0


def test_markdown_of_a_model_is_read_and_its_numbers_stay_bound(desk: Stack, visit: Visit) -> None:
    """Lists and emphasis; a number inside them still leads to its cell; raw HTML stays text."""
    parts: list[dict[str, Any]] = [
        {"text": "**Wettest** months:\n\n- November: *"},
        {"text": "5.35", "cell": [0, 1]},
        {"text": "* mm\n- <img src=x onerror=alert(1)> [link](javascript:alert(1))"},
    ]
    answer = "".join(str(part["text"]) for part in parts)
    reader = answered(desk, visit, result(answer=answer, parts=parts))
    expect(reader.last("rich-text strong")).to_have_text("Wettest")
    expect(reader.last("rich-text li")).to_have_text(
        ["November: 5.35 mm", "<img src=x onerror=alert(1)> link"]
    )
    reader.last("rich-text em .num").click()
    expect(reader.last("td[data-cell='0,1']")).to_be_focused()
    assert reader.last("rich-text :is(img, a:not(.num))").count() == 0


def test_a_table_sorts_and_returns_to_its_own_order(desk: Stack, visit: Visit) -> None:
    """Numbers by size, the greatest first; the third press brings the answer's order back."""
    reader = answered(desk, visit)
    figures = reader.last("td.number")
    header = reader.last("th.number")
    expect(figures).to_have_text(["5.35", "5.02", "0.39"])
    for order, shown in [
        ("descending", ["5.35", "5.02", "0.39"]),
        ("ascending", ["0.39", "5.02", "5.35"]),
        ("none", ["5.35", "5.02", "0.39"]),
    ]:
        header.locator("button").click()
        expect(header).to_have_attribute("aria-sort", order)
        expect(figures).to_have_text(shown)


def test_a_hundred_thousand_rows_are_drawn_as_far_as_seen(desk: Stack, visit: Visit) -> None:
    """The last row is there when one scrolls to it; a cell far down is found from its number."""
    rows = [[f"row {number}", number] for number in range(MANY_ROWS)]
    table = {"columns": ["name", "n"], "rows": rows, "total_rows": MANY_ROWS, "truncated": False}
    parts: list[dict[str, Any]] = [
        {"text": "It is "},
        {"text": "77,777", "cell": [77_777, 1]},
        {"text": "."},
    ]
    made = result(answer="It is 77,777.", parts=parts, table=table, chart=None, coverage=None)
    reader = answered(desk, visit, made)
    view = reader.last(".grid-view")
    assert reader.last("tbody tr").count() < 200
    view.evaluate("(node) => { node.scrollTop = node.scrollHeight }")
    expect(reader.last(f"td[data-cell='{MANY_ROWS - 1},1']")).to_be_visible()
    reader.last(".num").click()
    expect(reader.last("td[data-cell='77777,1']")).to_be_focused()
    assert reader.last("tbody tr").count() < 200


def test_a_file_that_cannot_be_had_is_said_so(desk: Stack, visit: Visit, tmp_path: Path) -> None:
    """What is at hand comes as a file; what is not, in a line, in the reader's language."""
    visitor = visit(desk, locale="de-DE")
    visitor.failures_expected = True
    reader = Reader(visitor)
    Played(desk, reader.ask()).answer()
    with reader.page.expect_download() as download:
        reader.last("data-grid a", has_text="CSV").click()
    download.value.save_as(tmp_path / "file")
    assert (tmp_path / "file").read_text().startswith("month,average precipitation")
    assert download.value.suggested_filename.endswith(".csv")
    reader.last("data-grid a", has_text="Parquet").click()
    expect(reader.told()).to_have_text("Diese Tabelle gibt es nur als CSV.")


def test_a_chart_tells_what_is_under_the_pointer(desk: Stack, visit: Visit) -> None:
    """The row, with its figure as the reader's language writes it."""
    reader = answered(desk, visit)
    canvas = reader.last("canvas")
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box is not None
    canvas.hover(position={"x": box["width"] * 0.3, "y": box["height"] * 0.6})
    tip = reader.page.locator(".chart-tip")
    expect(tip).to_contain_text("November")
    expect(tip).to_contain_text("5.35")
    reader.page.mouse.move(0, 0)
    expect(tip).to_be_hidden()


def test_a_pie_can_be_bars(desk: Stack, visit: Visit, tmp_path: Path) -> None:
    """Its slices' names go along the axis."""
    slices = {"color": {"field": "month"}, "theta": {"field": "average precipitation"}}
    chart = CHART | {"mark": {"type": "arc"}, "encoding": slices}
    reader = answered(desk, visit, result(chart=chart))
    expect(reader.last("[aria-label='Pie']")).to_have_attribute("aria-pressed", "true")
    reader.last("[aria-label='Bars']").click()
    with reader.page.expect_download() as download:
        reader.last("vega-chart button:has-text('Vega-Lite')").click()
    download.value.save_as(tmp_path / "chart")
    encoding = json.loads((tmp_path / "chart").read_text())["encoding"]
    assert {axis: channel["field"] for axis, channel in encoding.items()} == {
        "x": "month",
        "y": "average precipitation",
    }


def test_a_chart_is_downloaded(desk: Stack, visit: Visit, tmp_path: Path) -> None:
    """As a picture or as its specification, in the kind that was chosen."""
    reader = answered(desk, visit)
    expect(reader.last("canvas")).to_be_visible()
    reader.last("[aria-label='Line']").click()
    expect(reader.last("[aria-label='Line']")).to_have_attribute("aria-pressed", "true")
    saved: dict[str, bytes] = {}
    for name in ("PNG", "SVG", "Vega-Lite"):
        with reader.page.expect_download() as download:
            reader.last("vega-chart button", has_text=name).click()
        download.value.save_as(tmp_path / name)
        saved[name] = (tmp_path / name).read_bytes()
    assert saved["PNG"].startswith(b"\x89PNG")
    assert saved["SVG"].startswith(b"<svg")
    spec = json.loads(saved["Vega-Lite"])
    assert spec["mark"]["type"] == "line"
    assert len(spec["data"]["values"]) == 3
