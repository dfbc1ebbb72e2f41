"""What is committed works anywhere: it names no package registry and no path of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from shared.settings import CHECKOUT

#: Written in pieces, so that this file passes its own test.
FORBIDDEN = {
    "a package registry": "|".join(
        [r"pypi\." + "org", r"python" + r"hosted\.org", r"registry\.npm" + "js", r"npm" + "mirror"]
    ),
    "a package index option": r"--(extra-)?index-" + r"url[= ]|(INDEX|REGISTRY)_" + r"URL=",
    "somebody's home": r"/(ho" + r"me|Us" + r"ers)/\w+/|(?<![\w./])/ro" + r"ot/",
    "a machine's file address": r"file:///" + r"\w",
}


def committed() -> list[Path]:
    """The files git knows, as far as they are text."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    files = [CHECKOUT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in files if path.is_file() and b"\0" not in path.read_bytes()[:8192]]


def found_in(pattern: str) -> list[str]:
    """Where a pattern occurs, outside of vendored code."""
    places = []
    for path in committed():
        if "vendor" in path.parts:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if re.search(pattern, line):
                places.append(f"{path.relative_to(CHECKOUT)}:{number}")
    return places


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_does_not_name(what: str) -> None:
    """Nothing that is true on one machine only."""
    assert found_in(FORBIDDEN[what]) == []


def test_the_tree_does_not_name_this_checkout() -> None:
    """Wherever it may be."""
    assert found_in(re.escape(str(CHECKOUT)) + r"\b") == []
