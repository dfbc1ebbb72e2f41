"""What the request handlers work with, made once per app by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from api.relay import Relay
from api.writer import Writer
from shared.catalogue import Catalogue
from shared.conversations import Conversations
from shared.event_log import EventLog
from shared.jobs import Jobs
from shared.settings import Settings
from shared.store import Store, connect

EXTENSION = "tailrace"


@dataclass(frozen=True, slots=True)
class Services:
    """The app's parts."""

    settings: Settings
    store: Store
    jobs: Jobs
    log: EventLog
    catalogue: Catalogue
    conversations: Conversations
    relay: Relay
    writer: Writer

    @classmethod
    def create(cls, settings: Settings) -> Services:
        """Wire them up; nothing connects before it is used."""
        store = connect(settings)
        log = EventLog(store)
        relay = Relay(log, settings)
        jobs, catalogue = Jobs(store, settings), Catalogue(store)
        conversations = Conversations(store)
        return cls(settings, store, jobs, log, catalogue, conversations, relay, Writer(relay))


def attach(app: Flask, made: Services) -> None:
    """Keep the services with their app."""
    app.extensions[EXTENSION] = made


def services() -> Services:
    """The services of the current app."""
    return cast("Services", current_app.extensions[EXTENSION])
