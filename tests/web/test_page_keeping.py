"""Conversations are kept: listed, found, renamed, deleted, exported, rated; each at its address."""

from __future__ import annotations

import json
from pathlib import Path
from re import compile as pattern

from playwright.sync_api import expect

from tests.support.browser import PHONE, Visit
from tests.support.page import Played, Reader
from tests.support.stack import Stack


def asked(desk: Stack, reader: Reader, *questions: str) -> None:
    """A conversation of its own for each question, answered."""
    for question in questions:
        reader.page.get_by_role("link", name="New conversation").click()
        expect(reader.page.locator(".turn")).to_have_count(0)
        Played(desk, reader.ask(question)).answer()
        expect(reader.last(".result")).to_be_visible()


def test_conversations_are_found_renamed_and_deleted(desk: Stack, visit: Visit) -> None:
    """The newest first; search by words of questions; deleting asks first and leaves the page."""
    reader = Reader(visit(desk))
    page, titles = reader.page, reader.page.locator(".conversation > a")
    asked(desk, reader, "How much rain?", "How much snow?")
    expect(titles).to_have_text(["How much snow?", "How much rain?"])
    page.locator(".search input").fill("rain")
    expect(titles).to_have_text(["How much rain?"])
    titles.first.hover()
    page.get_by_label("Rename “How much rain?”").click()
    expect(page.locator("input.rename")).to_be_focused()
    page.keyboard.type("Wet days")
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["Wet days"])
    page.locator(".search input").fill("")
    expect(titles).to_have_text(["How much snow?", "Wet days"])
    titles.first.click()
    expect(page.locator(".turn .question")).to_have_text(["How much snow?"])
    expect(page.locator(".conversation.here")).to_have_text("How much snow?")
    titles.first.hover()
    page.get_by_label("Delete “How much snow?”").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(titles).to_have_count(2)
    titles.first.hover()
    page.get_by_label("Delete “How much snow?”").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(titles).to_have_text(["Wet days"])
    expect(page).to_have_url(f"{desk.url}/")


def test_each_conversation_has_an_address(desk: Stack, visit: Visit, tmp_path: Path) -> None:
    """It opens there, back and forward go through them, and it can be saved as a file."""
    reader = Reader(visit(desk))
    asked(desk, reader, "One?", "Two?")
    expect(reader.page).to_have_url(pattern(r"/c/[0-9a-f]{24}$"))
    reader.page.go_back()
    expect(reader.page.locator(".turn .question")).to_have_text(["One?"])
    with reader.page.expect_download() as download:
        reader.page.get_by_label("Save this conversation as a file").click()
    download.value.save_as(tmp_path / "kept.json")
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert [turn["question"] for turn in kept["turns"]] == ["One?"]


def test_a_thumb_is_kept_with_its_reason_and_can_be_taken_back(desk: Stack, visit: Visit) -> None:
    """It is there after a reload; pressing it again takes it back."""
    reader = Reader(visit(desk))
    asked(desk, reader, "Good?")
    down = reader.last("[aria-label='Bad answer']")
    down.click()
    reader.page.get_by_role("dialog").get_by_role("textbox").fill("It is the wrong table.")
    reader.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(reader.page.locator(".toast")).to_have_text("Thank you")
    reader.page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")
    conversation = reader.page.url.rpartition("/")[2]
    stored = reader.page.request.get(f"/api/conversations/{conversation}").json()
    assert stored["turns"][0]["feedback"]["reason"] == "It is the wrong table."
    down.click()
    expect(down).to_have_attribute("aria-pressed", "false")
    reader.page.reload()
    expect(down).to_have_attribute("aria-pressed", "false")


def test_on_a_phone_the_list_comes_and_goes(desk: Stack, visit: Visit) -> None:
    """It covers the conversation only while it is wanted."""
    reader = Reader(visit(desk, viewport=PHONE, has_touch=True))
    Played(desk, reader.ask("One?")).answer()
    expect(reader.last(".result")).to_be_visible()
    link = reader.page.locator(".conversation > a")
    expect(link).not_to_be_visible()
    reader.page.get_by_label("Show conversations").click()
    expect(link).to_be_visible()
    expect(reader.page.get_by_label("Hide conversations")).to_be_focused()
    reader.page.mouse.click(PHONE["width"] - 10, 300)
    expect(link).not_to_be_visible()
    expect(reader.page.get_by_label("Show conversations")).to_be_focused()
    reader.page.keyboard.press("Enter")
    expect(link).to_be_visible()
    link.click()
    expect(link).not_to_be_visible()
    expect(reader.page.locator(".turn .question")).to_have_text(["One?"])
