"""What ours does to gunicorn itself, done to the gunicorn of the peers, too."""

from __future__ import annotations

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Have every setting at hand: gunicorn reads each by way of an AttributeError."""
    vars(worker.cfg).update({name: one.get() for name, one in worker.cfg.settings.items()})
