"""Prefixes: a table that is kept in an object store, as Parquet files below one prefix.

`<name>.store.toml` in the datasets directory says where. The files are listed at every scan; only
if one is new, gone or changed they are fetched, read like a folder's, and let go of again.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.datasets import Profile
from worker.query.errors import UnreadableTable
from worker.query.ingest import Ingest, Source, slug, titled
from worker.query.objects import Object, Reply, Request
from worker.query.unstopped import Unstopped

SUFFIX = ".store.toml"
#: For listing; fetching has the deadline of reading.
_LIST_S = 120.0


class Place(BaseModel):
    """The content of a `.store.toml`: where the files are. It has no secrets."""

    model_config = ConfigDict(extra="forbid")

    prefix: Annotated[str, Field(pattern=r"^(s3|gs|az|abfss?)://[^@/]+/")]
    endpoint: str | None = None
    region: str | None = None
    anonymous: bool = False

    @property
    def config(self) -> dict[str, Any]:
        """What the store has to know besides its environment."""
        chosen: dict[str, Any] = {"endpoint": self.endpoint, "region": self.region}
        if self.anonymous:
            chosen["skip_signature"] = True
        return {name: value for name, value in chosen.items() if value is not None}


class _Unreachable(Exception):
    """The store does not give its files; the message is a sentence."""


def stem(path: Path) -> str:
    """The name of the table that a `.store.toml` is about."""
    return path.name.removesuffix(SUFFIX)


def profile_of(path: Path, ingest: Ingest) -> tuple[Profile, list[str]]:
    """The table of a `.store.toml`, and what is wrong with it.

    While the store is away, the table is offered as it was read last. Raises UnreadableTable.
    """
    place = _place(path)
    try:
        return _read(place, stem(path), ingest), []
    except _Unreachable as error:
        before = ingest.newest(slug(stem(path)))
        if before is None:
            raise UnreadableTable(str(error)) from None
        return before, [f"{path.name} is offered as it was read last: {error}"]


def _place(path: Path) -> Place:
    try:
        return Place.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        named = ".".join(str(step) for step in first["loc"])
        if named == "prefix":
            raise UnreadableTable('"prefix" must be such as s3://bucket/folder/.') from None
        raise UnreadableTable(f"{named}: {first['msg']}.") from None
    except ValueError as error:
        raise UnreadableTable(f"it is no TOML: {error}.") from None


def _read(place: Place, name: str, ingest: Ingest) -> Profile:
    request = Request(prefix=place.prefix, config=place.config)
    objects = _asked(request, _LIST_S)
    if not objects:
        raise UnreadableTable(f"there is no Parquet file below {place.prefix}.")
    version = hashlib.sha256(json.dumps([place.prefix, objects]).encode()).hexdigest()
    source = Source(slug(name), titled(name), place.prefix, version, "parquet", [])
    known = ingest.known(source)
    if known is not None:
        ingest.table(source).with_suffix(".json").touch()  # the newest, should the store fail later
        return known
    with ingest.reading(source.id) as folder:
        request |= {"objects": objects, "folder": str(folder)}
        _asked(request, ingest.deadline_s)
        paths = [folder / one["path"] for one in objects]
        return ingest.whole(replace(source, paths=paths), Unstopped())


def _asked(request: Request, within_s: float) -> list[Object]:
    """What the process that talks to stores says."""
    command = [sys.executable, "-m", "worker.query.objects"]
    try:
        done = subprocess.run(
            command, input=json.dumps(request), capture_output=True, text=True, timeout=within_s,
            check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _Unreachable(f"the object store took longer than {within_s:g} s.") from None
    except subprocess.CalledProcessError as error:
        raise _Unreachable(f"the object store cannot be read: {_last(error.stderr)}.") from None
    reply: Reply = json.loads(done.stdout)
    if "error" in reply:
        raise _Unreachable(reply["error"])
    return reply["objects"]


def _last(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1] if lines else "its reader was ended"
