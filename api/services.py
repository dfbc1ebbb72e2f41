"""What the request handlers work with, made once per app by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import redis
from flask import Flask, current_app

from api.relay import Relay
from shared.catalogue import Catalogue
from shared.event_log import EventLog
from shared.jobs import Jobs
from shared.settings import Settings
from shared.store import connect

EXTENSION = "tailrace"


@dataclass(frozen=True, slots=True)
class Services:
    """The app's parts."""

    settings: Settings
    store: redis.Redis
    jobs: Jobs
    log: EventLog
    catalogue: Catalogue
    relay: Relay

    @classmethod
    def create(cls, settings: Settings) -> Services:
        """Wire them up; nothing connects before it is used."""
        store = connect(settings)
        log = EventLog(store)
        return cls(
            settings, store, Jobs(store, settings), log, Catalogue(store), Relay(log, settings)
        )


def attach(app: Flask, made: Services) -> None:
    """Keep the services with their app."""
    app.extensions[EXTENSION] = made


def services() -> Services:
    """The services of the current app."""
    return cast("Services", current_app.extensions[EXTENSION])
