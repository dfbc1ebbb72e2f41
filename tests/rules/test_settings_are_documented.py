"""docs/settings.md and the Settings say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from shared.settings import CHECKOUT, Settings

PAGE = CHECKOUT / "docs" / "settings.md"


def shown(default: Any) -> str:
    """A default as the page writes it; paths are relative to the checkout."""
    if default is None:
        return "unset"
    if isinstance(default, Path):
        return f"`{default.relative_to(CHECKOUT)}`"
    if isinstance(default, float):
        return f"`{default:g}`"
    return f"`{default}`"


def row(name: str) -> str:
    """The line of the table that documents a field."""
    field = Settings.model_fields[name]
    return f"| `TAILRACE_{name.upper()}` | {shown(field.default)} | {field.description} |"


def test_every_setting_has_its_line_with_its_default_and_meaning() -> None:
    """A wrong or missing line is printed as it should be."""
    page = PAGE.read_text().splitlines()
    assert [row(name) for name in Settings.model_fields if row(name) not in page] == []


def test_no_line_documents_a_setting_that_does_not_exist() -> None:
    """Stale lines mislead."""
    documented = re.findall(r"^\| `TAILRACE_(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_other_pages_name_only_settings_that_exist() -> None:
    """Also the compose file, the examples and the messages in the code."""
    known = {f"TAILRACE_{name.upper()}" for name in Settings.model_fields}
    files = [CHECKOUT / "README.md", CHECKOUT / "docker-compose.yml", CHECKOUT / "Dockerfile"]
    for folder, pattern in [("docs", "*.md"), ("examples", "**/*"), ("cli", "*.py")]:
        files += [path for path in (CHECKOUT / folder).glob(pattern) if path.is_file()]
    named = {
        (path.name, name)
        for path in files
        if path.exists()
        for name in re.findall(r"TAILRACE_[A-Z_]*[A-Z]", path.read_text(errors="replace"))
    }
    assert {found for found in named if found[1] not in known} == set()
