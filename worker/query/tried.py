"""Tried: what came of plans that were tried out on a table, in a file beside its rows.

It only saves time: a file that is missing, broken or of another release says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ValidationError

#: What the name of such a file ends in, in place of that of the table.
TRIED = ".tried"


class _Tried(BaseModel):
    """Whether plans found anything, by their keys (`worker/query/reuse.py`)."""

    release: str
    found: dict[str, bool]


def read_tried(file: Path) -> dict[str, bool]:
    """What the file says, if this release wrote it."""
    try:
        kept = _Tried.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return {}
    return kept.found if kept.release == version("tailrace") else {}


def write_tried(file: Path, found: Mapping[str, bool]) -> None:
    """Write the file as a whole; where that fails, it is tried again next time."""
    made = file.with_suffix(f"{TRIED}.new")
    with suppress(OSError):
        made.write_text(json.dumps({"release": version("tailrace"), "found": dict(found)}))
        made.replace(file)
