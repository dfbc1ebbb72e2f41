"""Cues: the words that open the way to an operation, by kind, from `cues.toml`."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=1)
def _raw() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("cues.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=32)
def cues(kind: str) -> frozenset[str]:
    """The words of one kind, lower-case."""
    return frozenset(_raw()[kind].split())


@lru_cache(maxsize=256)
def outcome_of(word: str) -> str | None:
    """How a game ended by this word, of a question or at the head of a value: win, loss, draw."""
    outcomes = _raw()["outcomes"]
    return next((name for name, words in outcomes.items() if word in words.split()), None)


@lru_cache(maxsize=256)
def sign_of(word: str) -> str | None:
    """The comparison that a word makes of the number after it: "over" is gt."""
    signs = _raw()["signs"]
    return next((sign for sign, words in signs.items() if word in words.split()), None)
