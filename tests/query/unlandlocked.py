"""The query helper as on a kernel without Landlock: run as a program in its place."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from worker.query import zygote
from worker.query.jail import NoLandlock


def confine(_reading: Sequence[Path], _writing: Sequence[Path] = ()) -> None:
    """What such a kernel says."""
    raise NoLandlock(errno.ENOSYS, "Landlock is not available")


if __name__ == "__main__":
    vars(zygote)["confine"] = confine
    zygote.main()
