"""The Lua scripts: every change to a job is one of them, so each is atomic."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import redis

from shared import keys
from shared.errors import StoreFull, Unavailable
from shared.queue import bell_template
from shared.wire import Wire

#: Error replies that are the server's state, and pass; any other is a bug of ours.
PASSING = ("MISCONF", "READONLY", "BUSY")

LUA = Path(__file__).parent / "lua"
#: Scripts that run for every event: they get the functions of log.lua only.
LEAN = frozenset({"append"})


@cache
def source(name: str) -> str:
    """The whole text of script `name`: the key names, the shared functions, then the script."""
    parts = ("log",) if name in LEAN else ("log", "prelude", "conversations")
    text = "".join((LUA / f"{part}.lua").read_text() for part in (*parts, name))
    constants = keys.NAMES | ({} if name in LEAN else {"BELL": bell_template()})
    used = [key for key in constants if re.search(rf"\b{key}\b", text)]
    return "".join(f"local {key} = [==[{constants[key]}]==]\n" for key in used) + text


@cache
def digest(name: str) -> str:
    """The name under which the server keeps script `name`."""
    return hashlib.sha1(source(name).encode(), usedforsecurity=False).hexdigest()


class Scripts:
    """The scripts, over connections like the store's, unless there is a wire already."""

    def __init__(self, store: redis.Redis, wire: Wire | None = None) -> None:
        self._wire = wire or Wire(store)

    def run(self, name: str, arguments: Sequence[Any]) -> Any:
        """Run script `name`; raises Unavailable when Redis can't be reached or refuses writes."""
        call = ("EVALSHA", digest(name), 0, *arguments)
        with guarded():
            try:
                (reply,) = self._wire.call(call)
            except redis.exceptions.NoScriptError:  # a new server, or one that was restarted
                _, reply = self._wire.call(("SCRIPT", "LOAD", source(name)), call)
        return reply


class guarded:  # noqa: N801 - used like a function
    """Turns Redis' own errors into Unavailable; a bug in a script stays loud."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate what Redis raised."""
        if isinstance(error, redis.OutOfMemoryError):
            raise StoreFull("The job store is full; try again shortly.") from error
        if isinstance(error, redis.ResponseError) and not str(error).startswith(PASSING):
            return
        if isinstance(error, redis.RedisError):
            raise Unavailable("The job store cannot be reached; try again shortly.") from error
