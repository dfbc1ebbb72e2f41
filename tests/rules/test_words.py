"""The page's words: every language says the same things, and whatever the page says is written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from shared.settings import CHECKOUT

I18N, JS = CHECKOUT / "web/i18n", CHECKOUT / "web/js"
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
