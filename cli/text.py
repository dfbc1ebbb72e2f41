"""Text for a terminal."""

from __future__ import annotations

import unicodedata

# Tabs and line ends are for the reader; any other control character is for the terminal.
_KEPT = "\t\n"


def plain(text: str) -> str:
    """`text` with its control characters made visible: data must not steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character) == "Cc" and character not in _KEPT
        else character
        for character in text
    )
