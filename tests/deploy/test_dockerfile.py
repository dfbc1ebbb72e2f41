"""The image's recipe: linted, from the hashed lock, and not run as root."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from shared.settings import CHECKOUT

RECIPE = (CHECKOUT / "Dockerfile").read_text()


def findings(recipe: Path) -> str:
    """What hadolint says of a recipe."""
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, recipe], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (done.stdout == ""), done.stderr
    return done.stdout


def test_the_linter_finds_nothing() -> None:
    """hadolint, with its warnings."""
    assert findings(CHECKOUT / "Dockerfile") == ""


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    """It does look."""
    recipe = tmp_path / "Dockerfile"
    recipe.write_text(RECIPE.replace("# hadolint ignore=DL3008\n", ""))
    assert "DL3008" in findings(recipe)


def test_everything_copied_exists_and_is_sent_to_the_engine() -> None:
    """What .dockerignore leaves out cannot be copied."""
    allowed = {
        line[1:]
        for line in (CHECKOUT / ".dockerignore").read_text().splitlines()
        if line[:1] == "!"
    }
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", RECIPE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert (CHECKOUT / source).exists(), source
        assert source.split("/")[0] in allowed, source


def test_packages_come_from_the_hashed_lock() -> None:
    """Every installation checks hashes."""
    installs = [line for line in RECIPE.splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)


def test_it_runs_as_an_ordinary_user() -> None:
    """The last USER is not root, and its folder holds the data."""
    assert re.findall(r"^USER (\w+)$", RECIPE, re.MULTILINE) == ["10001"]
    assert "TAILRACE_DATA_DIR=/var/lib/tailrace" in RECIPE
