"""The page's words: every language says the same things, and whatever the page says is written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from shared.settings import CHECKOUT

I18N, JS, DOCS = CHECKOUT / "web/i18n", CHECKOUT / "web/js", CHECKOUT / "docs"
#: `t("key"`, and keys that are kept in tables before they are said.
SAID = re.compile(r'\bt\(\s*"([a-z_.A-Z]+)"|\["((?:fact|coverage)\.\w+)"')
#: `t(`prefix.${…}`)`: some key with this prefix is said.
SAID_SOME = re.compile(r"\bt\(\s*(?:[^`\"]*\?\s*)?`([a-z_]+\.)")


def words(language: str) -> dict[str, Any]:
    """A catalogue."""
    found: dict[str, Any] = json.loads((I18N / f"{language}.json").read_text())
    return found


def holes(text: str | dict[str, str]) -> set[str]:
    """The values a text takes."""
    forms = [text] if isinstance(text, str) else list(text.values())
    return {hole for form in forms for hole in re.findall(r"\{(\w+)\}", form)}


@pytest.mark.parametrize("language", ["de", "es"])
def test_languages_say_the_same(language: str) -> None:
    """The same keys, with the same values in them, and plural forms where English has some."""
    english, other = words("en"), words(language)
    assert other.keys() == english.keys()
    for key, text in english.items():
        assert holes(other[key]) == holes(text), key
        assert isinstance(other[key], str) == isinstance(text, str), key


def test_what_the_page_says_is_written() -> None:
    """Each key in the code is in the catalogue."""
    english = words("en")
    for path in JS.rglob("*.js"):
        code = path.read_text()
        for groups in SAID.findall(code):
            key = "".join(groups)
            assert key in english, f"{path.name}: {key}"
        for prefix in SAID_SOME.findall(code):
            assert any(key.startswith(prefix) for key in english), f"{path.name}: {prefix}…"


def test_nothing_is_written_in_vain() -> None:
    """Each key of the catalogue is in the code, whole or by its prefix."""
    code = "\n".join(path.read_text() for path in JS.rglob("*.js"))
    prefixes = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)*\.)\$\{", code))
    unused = {
        key
        for key in words("en")
        if f'"{key}"' not in code and not any(key.startswith(prefix) for prefix in prefixes)
    }
    assert unused == set()


def codes(page: str, heading: str) -> set[str]:
    """The codes in the first column of the table under a heading of the docs."""
    section = (DOCS / page).read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`(\w+)`", row)}


def code_of(*folders: str) -> str:
    """Our own modules in some folders."""
    paths = [path for folder in folders for path in (CHECKOUT / folder).rglob("*.py")]
    return "\n".join(path.read_text() for path in paths)


def test_every_reason_is_documented_and_said_in_all_languages() -> None:
    """Why a job failed, why it is tried again: as the workers write it."""
    written = code_of("worker", "shared")
    failed, again = (
        codes("events.md", "Codes of `failed`"),
        codes("events.md", "Codes of `retrying`"),
    )
    assert {key[7:] for key in words("en") if key.startswith("reason.")} == failed
    assert {key[6:] for key in words("en") if key.startswith("retry.")} == again
    assert set(re.findall(r'retrying_body\(\s*"(\w+)"|\b_again\("(\w+)"', written)) == {
        (code, "") if code.startswith("worker") else ("", code) for code in again
    }
    raised = r'\b(?:failed_body|Failed|QueryError)\(\s*"(\w+)"|\breason="(\w+)", message='
    found = {"".join(groups) for groups in re.findall(raised, written)}
    assert found - {"unreadable"} <= failed  # `unreadable` is between a worker and its helper


def test_every_problem_is_documented_and_the_pages_in_all_languages() -> None:
    """What the API refuses; the page says what a person at it can meet."""
    kinds = set(re.findall(r'kind="(\w+)"', code_of("api")))
    kinds |= set(re.findall(r'HTTPStatus\.\w+, "(\w+)", ', code_of("api")))
    documented = codes("api.md", "Problems")
    assert kinds <= documented
    said = {key[8:] for key in words("en") if key.startswith("problem.")}
    assert said <= documented
    never_met = {"invalid", "key_reused", "table_missing", "query_refused", "query_failed"}
    assert kinds - said <= never_met


def templates(code: str) -> str:
    """The markup of a module; where its code puts a value, a NUL."""
    code = re.sub(r"/\*.*?\*/|(?<=\s)//[^\n]*", "", code, flags=re.DOTALL)
    code = re.sub(r"= /[^\n]+/\w*;", "", code)  # regular expressions have backticks, too
    found, nested = "", [0]  # braces that are open in code; -1: in a template
    for token in re.findall(r"\$\{|[{}`]|[^${}`]+|\$", code):
        in_template = nested[-1] < 0
        if token == "`":
            nested = nested[:-1] if in_template else [*nested, -1]
            found += "" if in_template else "\0"
        elif token == "${" and in_template:
            nested.append(0)
            found += "\0"
        elif token == "}" and nested[-1] == 0:
            nested.pop()
        elif in_template:
            found += token
        else:
            nested[-1] += {"{": 1, "}": -1}.get(token, 0)
    return found


def test_nothing_is_said_past_the_catalogues() -> None:
    """No words stand in a template, but names that are the same in every language."""
    names = {"Tailrace", "CSV", "Parquet", "PNG", "SVG", "Vega-Lite", "JSON"}
    for path in JS.rglob("*.js"):
        markup = templates(path.read_text())
        shown = re.findall(r">\s*([^<>\0]*[A-Za-z]{2}[^<>\0]*?)\s*(?=[<\0])", markup)
        assert set(shown) <= names, path.name
        labels = re.findall(r'(?:title|aria-label|placeholder)="([^"]+)"', markup)
        assert not [label for label in labels if "\0" not in label], path.name
