"""A receipt is run again from the command line: identical, or told what differs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli import verify as cli_verify
from cli.errors import CommandError
from shared.settings import CHECKOUT, Settings
from tests.support.agent import Agent, ScriptedModel
from tests.support.queries import ingest_with
from worker.query.engine import QueryEngine
from worker.query.scan import scan

Receipts = Callable[..., dict[str, Any]]
Verify = Callable[..., "Done"]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tables are kept."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def receipt_of(data_dir: Path) -> Any:
    """The receipt of an answer, as JSON."""
    engine = QueryEngine(data_dir)
    found = scan(CHECKOUT / "data", ingest_with(engine, data_dir)).profiles
    agent = Agent({profile.id: profile for profile in found}, engine, data_dir)

    def ask(question: str, dataset: str, chat: ScriptedModel | None = None) -> dict[str, Any]:
        answer = agent.ask(question, dataset, chat).answer
        assert answer.receipt is not None
        made: dict[str, Any] = json.loads(answer.receipt.model_dump_json())
        return made

    yield ask
    engine.close()


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def verify(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    """The command over a file with a document, without starting a process."""

    def run(document: Any, *, as_json: bool = False) -> Done:
        path = tmp_path / "receipt.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        try:
            code, said = cli_verify.run(Settings(data_dir=data_dir), path, as_json=as_json), ""
        except CommandError as error:
            code, said = error.exit_code, str(error)
        return Done(code, capsys.readouterr().out, said)

    return run


QUESTION = ("Average precipitation by month of the year", "seattle-weather")


def test_the_same_data_give_the_same_rows(receipt_of: Receipts, verify: Verify) -> None:
    """The receipt alone, or inside of the result it came with."""
    receipt = receipt_of(*QUESTION)
    assert "rows" not in receipt
    assert set(receipt["versions"]) == {"tailrace", "duckdb"}
    done = verify({"type": "completed", "data": {"result": {"receipt": receipt}}})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("identical")


def test_the_command_itself(receipt_of: Receipts, data_dir: Path) -> None:
    """As a process, with the receipt on its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "verify", "-", "--json"],
        input=json.dumps(receipt_of(*QUESTION)),
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        cwd=CHECKOUT,
        env={"TAILRACE_DATA_DIR": str(data_dir)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["identical"] is True


def test_a_models_own_sql_is_run_again_too(receipt_of: Receipts, verify: Verify) -> None:
    reading = {
        "reasoning": "", "intent": "PARTICULAR", "confidence": 0.9,
        "sql": 'SELECT weather, count(*) AS n FROM "seattle-weather" GROUP BY 1 ORDER BY 1',
    }  # fmt: skip
    model = ScriptedModel(reading, ["Many."])
    receipt = receipt_of("How often did the mercury do what?", "seattle-weather", model)
    assert receipt["plan"] is None
    assert verify(receipt).returncode == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"result_hash": "0" * 64}, "The rows are others"),
        ({"sql": "SELECT 1"}, "not what the plan compiles to"),
        ({"versions": {"duckdb": "1.0.0"}, "result_hash": "1" * 64}, "made with duckdb 1.0.0"),
    ],
)
def test_what_differs_is_told(
    receipt_of: Receipts, verify: Verify, change: dict[str, Any], said: str
) -> None:
    done = verify(receipt_of(*QUESTION) | change, as_json=True)
    report = json.loads(done.stdout)
    assert (done.returncode, report["identical"]) == (1, False)
    assert any(said in difference for difference in report["differences"])


def test_a_plan_that_was_changed_is_noticed(receipt_of: Receipts, verify: Verify) -> None:
    receipt = receipt_of(*QUESTION)
    receipt["plan"]["aggregates"][0]["function"] = "max"
    done = verify(receipt)
    assert done.returncode == 1
    assert "The rows are others" in done.stdout


def test_other_rows_under_the_same_version_are_noticed(
    receipt_of: Receipts, verify: Verify, data_dir: Path
) -> None:
    """One value of the table's file changed by hand, then put back."""
    receipt = receipt_of(*QUESTION)
    path = data_dir / "tables" / QUESTION[1] / f"{receipt['dataset']['version']}.parquet"
    kept = path.read_bytes()
    path.chmod(0o644)
    try:
        changed = path.with_suffix(".changed")
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT * REPLACE (CASE WHEN date = DATE '2014-03-05' THEN 99 ELSE "
                f"precipitation END AS precipitation) FROM '{path}') TO '{changed}' "
                "(FORMAT parquet)"
            )
        changed.replace(path)
        done = verify(receipt)
        assert done.returncode == 1
        assert "The rows are others" in done.stdout
    finally:
        path.write_bytes(kept)
    assert verify(receipt).returncode == 0


@pytest.mark.parametrize(
    ("dataset", "code", "said"),
    [
        ({"id": "seattle-weather", "version": "0" * 64}, 3, "is not in"),
        ({"id": "elsewhere", "version": "0" * 64}, 3, "no table of that name is here"),
        ({"id": "../tables", "version": "0" * 64}, 2, "which version of which table"),
        ({"id": "seattle-weather"}, 2, "which version of which table"),
    ],
)
def test_a_table_that_is_not_here_is_no_difference(
    receipt_of: Receipts,
    verify: Verify,
    dataset: dict[str, str],
    code: int,
    said: str,
) -> None:
    done = verify(receipt_of(*QUESTION) | {"dataset": dataset})
    assert done.returncode == code
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"receipt": 2}', "\x00"])
def test_what_is_no_receipt_is_told_in_one_line(verify: Verify, text: str) -> None:
    done = verify(text)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no receipt" in done.stderr
    assert len(done.stderr.splitlines()) == 1
