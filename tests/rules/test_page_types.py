"""The page's types, written as JSDoc, hold; checked where node is, skipped visibly elsewhere."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from shared.settings import CHECKOUT

TYPESCRIPT = "typescript@7.0.2"
#: Fetched once and kept; never committed.
KEPT = CHECKOUT / "node_modules" / ".kept" / TYPESCRIPT


def compiler() -> Path:
    """TypeScript's compiler; skips the test where it cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node on this machine: the page's types are not checked")
    program = KEPT / "node_modules" / ".bin" / "tsc"
    if not program.exists():
        options = ["--ignore-scripts", "--no-audit", "--fetch-retries=0", "--prefix", str(KEPT)]
        done = subprocess.run(
            ["npm", "install", *options, TYPESCRIPT],
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        if done.returncode != 0:
            pytest.skip(f"npm cannot fetch {TYPESCRIPT}: the page's types are not checked")
    return program


def test_the_pages_types_hold() -> None:
    """No error anywhere."""
    done = subprocess.run(
        [str(compiler()), "-p", "jsconfig.json", "--pretty", "false"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
