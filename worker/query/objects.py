"""Objects: what an object store holds below a prefix, listed, and fetched.

This is a process of its own (`python -m worker.query.objects`), since the library keeps threads,
from which no pool may fork. It reads one request from its input and prints one reply, in JSON.
Credentials are found where the store's own tools find them: the environment, or the machine's role.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any, NotRequired, TypedDict, cast

import obstore
from obstore.exceptions import BaseError, NotFoundError, PreconditionError
from obstore.store import ObjectStore, from_url

_RETRY_S = 20.0
_PIECE_BYTES = 8 << 20
_CODE = re.compile(r"<Code>(\w+)</Code>")


class Object(TypedDict):
    """One object: its path below the prefix, and what tells its bytes from others."""

    path: str
    size_bytes: int
    tag: str


class Request(TypedDict):
    """What to do: list a prefix, or fetch objects of it into a folder that is there."""

    prefix: str
    config: dict[str, Any]
    objects: NotRequired[list[Object]]
    folder: NotRequired[str]


class Reply(TypedDict, total=False):
    """What came of it: the objects, in the order of their paths, or why there are none."""

    objects: list[Object]
    error: str


def listed(store: ObjectStore) -> list[Object]:
    """The Parquet files below the store's prefix; names with "_" or "." in front are no data."""
    found = [
        Object(
            path=one["path"], size_bytes=one["size"], tag=one["e_tag"] or str(one["last_modified"])
        )
        for batch in store.list()
        for one in batch
        if one["path"].lower().endswith(".parquet")
        and not any(part[0] in "_." for part in PurePosixPath(one["path"]).parts)
    ]
    return sorted(found, key=lambda one: one["path"])


def fetch(store: ObjectStore, one: Object, folder: Path) -> None:
    """Write an object's bytes into the folder; one that has changed since raises."""
    path = folder / one["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        result = obstore.get(store, one["path"], options={"if_match": one["tag"]})
        for piece in result.stream(min_chunk_size=_PIECE_BYTES):
            file.write(piece)


def answer(request: Request) -> Reply:
    """Do what is asked; a failure of the store is a sentence."""
    try:
        store = from_url(
            request["prefix"],
            config=cast("Any", request["config"]),
            client_options={
                "allow_http": str(request["config"].get("endpoint", "")).startswith("http:"),
                "timeout": "60s",
                "connect_timeout": "5s",
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=_RETRY_S)},
        )
        if "folder" not in request:
            return {"objects": listed(store)}
        for one in request["objects"]:
            fetch(store, one, Path(request["folder"]))
    except (NotFoundError, PreconditionError):
        return {"error": "files there changed while they were read; start the worker again."}
    except BaseError as error:
        return {"error": _sentence(str(error))}
    return {"objects": request["objects"]}


def _sentence(text: str) -> str:
    """The store's own word for what is wrong, if it gave one."""
    code = _CODE.search(text)
    if code is not None:
        return f"the object store says {code.group(1)}."
    return f"the object store cannot be read: {text.splitlines()[0].strip()}."


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
