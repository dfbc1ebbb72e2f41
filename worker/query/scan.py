"""Scan: the datasets directory, whose tables belong to all.

What people write about a table in `<stem>.meta.json` is merged in at every scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.datasets import Profile
from worker.query import prefixes
from worker.query.errors import UnreadableTable
from worker.query.ingest import FORMATS, Ingest, Source, file_source, folder_source
from worker.query.unstopped import Unstopped


class ColumnMeta(BaseModel):
    """What people say about one column."""

    model_config = ConfigDict(extra="forbid")

    description: str = ""
    unit: str | None = None
    synonyms: list[str] = []


class Meta(BaseModel):
    """What people say about a table: the content of its `.meta.json`, all of it optional."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    description: str = ""
    synonyms: list[str] = []
    columns: dict[str, ColumnMeta] = {}
    questions: list[str] = []


@dataclass(frozen=True)
class Found:
    """The datasets of a directory, and a sentence for everything that is wrong with it."""

    profiles: list[Profile]
    problems: list[str]


def scan(datasets_dir: Path, ingest: Ingest) -> Found:
    """Ingest what is new or changed in `datasets_dir`; files that are no tables are problems."""
    if not datasets_dir.is_dir():
        return Found([], [f"The datasets directory {datasets_dir} does not exist; create it."])
    found: dict[str, Profile] = {}
    problems: list[str] = []
    for path in sorted(datasets_dir.iterdir()):
        try:
            table = _table(path, ingest)
        except (UnreadableTable, OSError) as error:
            problems.append(f"{path.name} is not offered: {error}")
            continue
        if table is None:
            continue
        profile, wrong = table
        if profile.id in found:
            other = found[profile.id].source
            problems.append(f"{path.name} is not offered: its name is too like that of {other}.")
            continue
        found[profile.id] = profile
        problems += wrong + [f"{path.name}: {problem}" for problem in profile.problems]
    return Found(list(found.values()), problems)


def _table(path: Path, ingest: Ingest) -> tuple[Profile, list[str]] | None:
    """The table of a path, and what is wrong with it; None if it is not meant to be one."""
    if path.name.endswith(prefixes.SUFFIX):
        profile, wrong = prefixes.profile_of(path, ingest)
        described, odd = _with_meta(profile, path.with_name(f"{prefixes.stem(path)}.meta.json"))
        return described, wrong + odd
    source = _source(path)
    if source is None:
        return None
    return _with_meta(ingest.whole(source, Unstopped()), path.with_name(f"{path.stem}.meta.json"))


def _source(path: Path) -> Source | None:
    """A file or a folder as a source; None if it is not meant to be one."""
    if path.name.startswith(".") or path.name.endswith(".meta.json"):
        return None
    if path.is_dir():
        return folder_source(path)
    return file_source(path) if path.suffix.lower() in FORMATS else None


def _with_meta(profile: Profile, file: Path) -> tuple[Profile, list[str]]:
    """The profile with what people wrote about it in a file, and what is wrong with that."""
    if not file.is_file():
        return profile, []
    try:
        meta = Meta.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        return profile, [f"{file.name} is not used: {where}: {first['msg']}."]
    names = {column.name for column in profile.columns}
    wrong = [
        f'{file.name} describes "{name}", which {profile.source} does not have.'
        for name in meta.columns
        if name not in names
    ]
    described = []
    for column in profile.columns:
        said = meta.columns.get(column.name, ColumnMeta())
        spoken = {
            "description": said.description,
            "unit": said.unit or column.unit,
            "synonyms": said.synonyms,
        }
        described.append(column.model_copy(update=spoken))
    update: dict[str, Any] = {
        "title": meta.title or profile.title,
        "description": meta.description,
        "synonyms": meta.synonyms,
        "columns": described,
        "questions": meta.questions,
    }
    return profile.model_copy(update=update), wrong
