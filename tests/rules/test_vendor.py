"""Vendored browser code is what its manifest says: these bytes, licence included."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from shared.settings import CHECKOUT

FOLDERS = {name: CHECKOUT / name for name in ("web/vendor", "tests/web/vendor")}


def packages(folder: Path) -> list[dict[str, Any]]:
    """What a manifest names."""
    found: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text())["packages"]
    return found


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_files_are_as_fetched(folder: Path) -> None:
    """Every file has the hash that bin/vendor wrote, and no other file is there."""
    expected = {
        str(entry["file"]): str(entry["sha256"])
        for package in packages(folder)
        for entry in package["files"]
    }
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / "manifest.json"
    }
    assert found == expected


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_packages_are_pinned_and_licensed(folder: Path) -> None:
    """The version that was fetched is the one that is named, and its licence lies beside it."""
    for package in packages(folder):
        assert package["fetched"] == f"{package['name']}@{package['version']}"
        assert package["integrity"].startswith("sha512-")
        assert package["licence"]
        assert f"{package['name']}/LICENSE" in {entry["file"] for entry in package["files"]}
