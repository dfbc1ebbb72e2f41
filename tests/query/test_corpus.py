"""No attack has an effect and no bomb passes its bounds, with the guard and without it.

`bin/test tests/query --whole-corpus` tries everything; otherwise most of it is a sample.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.query.corpus.attacks import ATTACKS
from tests.query.corpus.bombs import BOMBS
from tests.support.processes import wait_until
from tests.support.queries import Tables, children
from tests.support.stop import HandStop
from worker.query.engine import table_path
from worker.query.guard import refusal
from worker.query.helper import Helper
from worker.query.locked import Request

#: The part of the corpus that is run every time: attacks with the guard (which itself is asked
#: of all) and without it, bombs with it and without.
_ATTACKS_EACH, _GUARDED_BOMBS_EACH, _BOMBS_EACH = 5, 8, 16
_DEADLINE_S = 2.0
_KEY = "TAILRACE_OPENAI_API_KEY"


@dataclass
class Range:
    """Where the shooting is done, and all that must stay as it is."""

    request: Request
    folder: Path
    secret: str
    listener: socket.socket
    places: dict[str, str]
    rows: int

    def aimed(self, sql: str) -> Request:
        """A request for a statement as a model might write it."""
        for name, value in self.places.items():
            sql = sql.replace("{" + name + "}", value)
        return Request(**{**self.request, "sql": sql, "buckets": None, "counts_sql": ""})

    def state(self) -> dict[str, str]:
        """The files around, by their hashes."""
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def called(self) -> bool:
        """Whether somebody connected to the listener."""
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture(scope="module")
def shooting(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    """A table to attack, a secret beside it, somebody else's table, a port that listens."""
    folder = tmp_path_factory.mktemp("range")
    secret = f"canary{secrets.token_hex(8)}"
    (folder / "secret.csv").write_text(f"word\n{secret}\n")
    profile, frame = tables.demo("seattle-weather")
    own = folder / "own.parquet"
    own.write_bytes(table_path(tables.data_dir, profile).read_bytes())
    source = folder / "other.csv"
    source.write_text(f"city,n\n{secret},1\n")
    other = folder / "other.parquet"
    other.write_bytes(table_path(tables.data_dir, tables.read(source)).read_bytes())
    os.environ[_KEY] = secret
    request = Request(**{**tables.request(profile, ""), "path": str(own)})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        places = {
            "file": str(own),
            "folder": str(folder),
            "secret": str(folder / "secret.csv"),
            "other": str(other),
            "port": str(listener.getsockname()[1]),
            "pid": str(os.getpid()),
        }
        yield Range(request, folder, secret, listener, places, len(frame))
    del os.environ[_KEY]


@pytest.fixture(scope="module")
def guarded() -> Iterator[Helper]:
    """The helper as it is."""
    made = Helper()
    yield made
    made.close()


@pytest.fixture(scope="module")
def unguarded() -> Iterator[Helper]:
    """The helper with its guard off."""
    made = Helper("tests.query.unguarded")
    yield made
    made.close()


def some(corpus: list[str], each: int, config: pytest.Config) -> list[str]:
    """All of a corpus when asked for, else every `each`th."""
    return corpus if config.getoption("--whole-corpus") else corpus[::each]


def answered(helper: Helper, request: Request) -> str:
    """What came back, as text; the end of the deadline is an answer, too."""
    try:
        return json.dumps(helper.ask(request, HandStop(), _DEADLINE_S))
    except TimeoutError:
        return "out of time"


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= 80
    assert len(set(BOMBS)) == len(BOMBS) >= 45


@pytest.mark.parametrize("by_model", [False, True])
def test_the_guard_refuses_every_attack(shooting: Range, by_model: bool) -> None:
    """Also in the wider language that models may write."""
    with duckdb.connect() as parser:
        aimed = [str(shooting.aimed(sql)["sql"]) for sql in ATTACKS]
        passed = [sql for sql in aimed if refusal(parser, sql, "data", by_model=by_model) is None]
    assert passed == []


def test_nothing_runs_that_the_guard_refuses(
    shooting: Range, guarded: Helper, request: pytest.FixtureRequest
) -> None:
    """The process that would run it asks the guard first."""
    told = [
        guarded.ask(shooting.aimed(sql), HandStop(), 60)
        for sql in some(ATTACKS, _ATTACKS_EACH, request.config)
    ]
    assert {reply.get("reason") for reply in told} == {"query_refused"}


def test_no_attack_has_an_effect_without_the_guard(
    shooting: Range, unguarded: Helper, request: pytest.FixtureRequest
) -> None:
    """Nothing is read, written, called or left behind: the jail and the locks hold alone."""
    before = shooting.state()
    told = {
        sql: answered(unguarded, shooting.aimed(sql))
        for sql in some(ATTACKS, _ATTACKS_EACH, request.config)
    }
    leaked = {sql: said for sql, said in told.items() if shooting.secret in said or "root:" in said}
    assert leaked == {}
    assert not shooting.called()
    assert shooting.state() == before
    count = answered(unguarded, shooting.aimed("SELECT count(*) FROM data"))
    assert json.loads(count)["rows"] == [[str(shooting.rows)]]


def test_the_range_would_show_an_effect(shooting: Range) -> None:
    """What the test above looks for is there to be found: without the jail it is found."""
    with duckdb.connect() as plain:
        sql = shooting.aimed("SELECT content FROM read_text('{secret}')")["sql"]
        assert shooting.secret in str(plain.execute(sql).fetchall())
        before = shooting.state()
        plain.execute(shooting.aimed("COPY (SELECT 1) TO '{folder}/x.csv'")["sql"])
    assert shooting.state() != before
    (shooting.folder / "x.csv").unlink()
    with socket.create_connection(("127.0.0.1", int(shooting.places["port"]))):
        assert shooting.called()


def test_bombs_end_within_their_bounds(
    shooting: Range, guarded: Helper, request: pytest.FixtureRequest
) -> None:
    """Refused, or ended by a limit; the next query is answered."""
    bombs = some(BOMBS, _GUARDED_BOMBS_EACH, request.config)
    told = {sql: answered(guarded, shooting.aimed(sql)) for sql in bombs}
    kinds = ("query_refused", "query_too_big", "query_failed", "out of time")
    harmless = [sql[:80] for sql, said in told.items() if not any(kind in said for kind in kinds)]
    assert harmless == [], "no bombs: they ended by themselves"
    _still_well(guarded, shooting)


def test_bombs_end_within_their_bounds_without_the_guard(
    shooting: Range, unguarded: Helper, request: pytest.FixtureRequest
) -> None:
    """Memory is the kernel's to bound, time the worker's; nothing is written meanwhile."""
    before = shooting.state()
    for sql in some(BOMBS, _BOMBS_EACH, request.config):
        answered(unguarded, shooting.aimed(sql))
        wait_until(lambda: _at_work(unguarded) == [], "the end of a bomb")
    assert shooting.state() == before
    _still_well(unguarded, shooting)


def _still_well(helper: Helper, shooting: Range) -> None:
    reply = helper.ask(shooting.aimed("SELECT count(*) FROM data"), HandStop(), 60)
    assert [str(cell) for cell in reply["rows"][0]] == [str(shooting.rows)]


def _at_work(helper: Helper) -> list[int]:
    return children(helper._process.pid) if helper._process is not None else []
