"""The jail: limits a process puts on itself before it touches data, and cannot take off again.

Landlock binds the calling thread and what it starts, so it comes before DuckDB's threads.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_OPEN_FILES = 64
# DuckDB reads here what memory and processors it has, and aborts when it cannot.
_SYSTEM = ("/proc/self", "/sys")

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_RULE_PATH_BENEATH = 1
# Rights that can be taken away, by the version of Landlock that knows them.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_ALL_FILE_RIGHTS = 16
_TRUNCATE_SINCE = 3
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


class NoLandlock(OSError):
    """The kernel cannot confine this process."""


class _Ruleset(ctypes.Structure):
    _fields_ = [
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent, process `parent`, is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


@dataclass(frozen=True)
class Limits:
    """What one jailed process may use; the defaults are those of a query.

    DuckDB counts most of its memory itself (1 GB); threads' stacks and what its string functions
    take uncounted end at `address_space_bytes`. No file may grow past `file_bytes`.
    """

    address_space_bytes: int = 3 << 30
    cpu_s: int = 60
    file_bytes: int = 0


def limit(limits: Limits) -> None:
    """Bound memory, time and files."""
    # When memory runs out, the kernel is to end this process and not the worker.
    Path("/proc/self/oom_score_adj").write_text("1000")
    for kind, most in (
        (resource.RLIMIT_AS, limits.address_space_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(kind, (most, most))


def confine(reading: Sequence[Path], writing: Sequence[Path] = ()) -> None:
    """Leave nothing to reach but the files in `reading`, and those in `writing` to write to.

    No other file, no network, no other process; files to write to must exist. Raises NoLandlock
    where the kernel does not have it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        raise NoLandlock(ctypes.get_errno(), "Landlock is not available")
    rules = _Ruleset(
        files=(1 << _FILE_RIGHTS.get(version, _ALL_FILE_RIGHTS)) - 1,
        network=3 if version >= _NETWORK_SINCE else 0,
        scoped=3 if version >= _SCOPES_SINCE else 0,
    )
    size = ctypes.c_size_t(ctypes.sizeof(rules))
    ruleset = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0))
    for path in (*reading, *(Path(name) for name in _SYSTEM)):
        _allow(libc, ruleset, path, _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE)
    written = _READ_FILE | _WRITE_FILE | (_TRUNCATE if version >= _TRUNCATE_SINCE else 0)
    for path in writing:
        _allow(libc, ruleset, path, written)
    _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _PathBeneath(allowed=rights, parent=parent)
    _checked(libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    os.close(parent)


def _checked(result: int) -> int:
    if result < 0:
        raise NoLandlock(ctypes.get_errno(), "Landlock refused")
    return result
