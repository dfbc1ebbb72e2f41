"""`tailrace verify`: runs the query of a receipt again and says whether it gives the same rows."""

from __future__ import annotations

import json
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cli.errors import CommandError
from shared.datasets import Profile
from shared.settings import Settings
from worker.agent.evidence import Receipt
from worker.agent.receipts import versions
from worker.query.compile import display_sql
from worker.query.engine import QueryEngine
from worker.query.errors import QueryError
from worker.query.fingerprint import result_hash
from worker.query.plan import QueryPlan
from worker.query.unstopped import Unstopped

IDENTICAL, DIFFERS, UNREADABLE, CANNOT_RUN = 0, 1, 2, 3

#: Sums of fractions may fall on either side of a rounding boundary; more runs than this do not.
_TRIES = 3
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,200}")
_VERSION = re.compile(r"[0-9a-f]{64}")


def run(settings: Settings, path: Path, *, as_json: bool) -> int:
    """Print what came of it; returns the exit code."""
    receipt = _read(path)
    differences, found = _verified(settings, receipt)
    if as_json:
        report = {"identical": not differences, "differences": differences, "result_hash": found}
        print(json.dumps(report, ensure_ascii=False))
    elif differences:
        print("differs:", *differences, sep="\n  ")
    else:
        print(f"identical: the same query gives the same rows ({found[:12]}…)")
    return DIFFERS if differences else IDENTICAL


def _read(path: Path) -> Receipt:
    """The receipt in a file, alone or as a member of a result; raises CommandError."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        document: Any = json.loads(text)
        for member in ("data", "result", "receipt"):
            inner = document.get(member) if isinstance(document, dict) else None
            document = inner if isinstance(inner, dict) else document
        return Receipt.model_validate(document)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}.", UNREADABLE) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(at) for at in first["loc"]) or "it"
        raise CommandError(f"{path} is no receipt: {where}: {first['msg']}.", UNREADABLE) from None
    except ValueError:
        raise CommandError(f"{path} is no receipt: it is not JSON.", UNREADABLE) from None


def _verified(settings: Settings, receipt: Receipt) -> tuple[list[str], str]:
    """What differs, one sentence each, and the hash that came out; raises CommandError."""
    profile = _profile(settings, receipt)
    differences = []
    try:
        plan = None if receipt.plan is None else QueryPlan.model_validate(receipt.plan)
        if plan is not None and display_sql(plan, profile) != receipt.sql:
            differences.append("The SQL is not what the plan compiles to now.")
        found = ""
        for _ in range(_TRIES):
            found = _result(settings, receipt.sql, plan, profile)
            if found == receipt.result_hash:
                return differences, found
    except (QueryError, ValidationError) as error:
        first = str(error).partition("\n")[0]
        raise CommandError(f"The query cannot be run: {first}", CANNOT_RUN) from None
    differences.append(f"The rows are others: hash {found}, not {receipt.result_hash}.")
    now = versions()
    differences += [
        f"It was made with {name} {version}; here is {now.get(name, 'none')}."
        for name, version in receipt.versions.items()
        if now.get(name) != version
    ]
    return differences, found


def _result(settings: Settings, sql: str, plan: QueryPlan | None, profile: Profile) -> str:
    """The hash of the result now, by an engine that has kept nothing from before."""
    with closing(QueryEngine(settings.data_dir)) as engine:
        if plan is None:
            table = engine.run_statement(sql, profile, Unstopped()).table
        else:
            table = engine.run(plan, profile, Unstopped()).table
    return result_hash(table.rows, table.total_rows)


def _profile(settings: Settings, receipt: Receipt) -> Profile:
    """What is known here of the very version that was asked; raises CommandError."""
    name, version = receipt.dataset.get("id", ""), receipt.dataset.get("version", "")
    if not _SAFE_ID.fullmatch(name) or not _VERSION.fullmatch(version):
        raise CommandError("The receipt does not say which version of which table.", UNREADABLE)
    folder = settings.data_dir / "tables" / name
    try:
        kept = json.loads((folder / f"{version}.json").read_text("utf-8"))
        return Profile.model_validate(kept["profile"])
    except (OSError, ValueError, KeyError):
        here = sorted(file.stem[:12] for file in folder.glob("*.parquet"))
        known = f"here is {' and '.join(here)}" if here else "no table of that name is here"
        wanted = f"Version {version[:12]} of {name}"
        message = f"{wanted} is not in {settings.data_dir}: {known}."
        raise CommandError(message, CANNOT_RUN) from None
