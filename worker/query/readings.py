"""Folders in which files are being read: each is its reader's for as long as that lives.

A reader holds a lock file beside its folder. The kernel lets go of it when the process ends,
however it ends, so what is unlocked belongs to nobody: no guess by age can be wrong.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX, _SUFFIX = ".reading-", ".lock"


@contextmanager
def reading_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`; gone, with all that is in it, after the block."""
    lock, descriptor = _locked(parent)
    folder = lock.with_suffix("")
    try:
        folder.mkdir()
        yield folder
    finally:
        _remove(folder, lock)
        os.close(descriptor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Made if need be, the folder is this block's alone among all who ask so; waits for it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / ".alone"
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            break
        os.close(descriptor)  # whoever held it has removed it
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def sweep(tables: Path) -> int:
    """Remove what killed readers left, in all folders of `tables`; how many there were."""
    swept = 0
    for lock in tables.glob(f"*/{_PREFIX}*{_SUFFIX}"):
        try:
            descriptor = os.open(lock, os.O_RDWR)
        except OSError:  # its reader was quicker
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # its reader lives
            continue
        else:
            _remove(lock.with_suffix(""), lock)
            swept += 1
        finally:
            os.close(descriptor)
    return swept


def _locked(parent: Path) -> tuple[Path, int]:
    """A new lock file that is ours."""
    while True:
        path = parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)  # a sweep came between the two calls


def _remove(folder: Path, lock: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.unlink(missing_ok=True)
