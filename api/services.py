"""What the request handlers work with, made once per app by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import cast

from flask import Flask, current_app

from api.limits import OpenStreams
from api.relay import Relay
from api.turns import ear, wire
from api.writer import Writer
from shared.catalogue import Catalogue
from shared.conversations import Conversations
from shared.event_log import EventLog
from shared.exports import Exports
from shared.jobs import Jobs
from shared.settings import Settings
from shared.store import Store, connect
from shared.uploads import Incoming

EXTENSION = "tailrace"
#: Files that one API process fetches or serves at a time; each may take 256 MB of its disk.
DOWNLOADS = 8


@dataclass(frozen=True, slots=True)
class Services:
    """The app's parts."""

    settings: Settings
    store: Store
    jobs: Jobs
    log: EventLog
    catalogue: Catalogue
    incoming: Incoming
    conversations: Conversations
    exports: Exports
    relay: Relay
    writer: Writer
    downloads: BoundedSemaphore
    open_streams: OpenStreams

    @classmethod
    def create(cls, settings: Settings) -> Services:
        """Wire them up; nothing connects before it is used."""
        store = connect(settings)
        over = wire(store)
        log = EventLog(store, over)
        relay = Relay(log, settings, ear())
        return cls(
            settings=settings,
            store=store,
            jobs=Jobs(store, settings, over),
            log=log,
            catalogue=Catalogue(store),
            incoming=Incoming(settings),
            conversations=Conversations(store, over),
            exports=Exports(store),
            relay=relay,
            writer=Writer(relay),
            downloads=BoundedSemaphore(DOWNLOADS),
            open_streams=OpenStreams(settings),
        )


def attach(app: Flask, made: Services) -> None:
    """Keep the services with their app."""
    app.extensions[EXTENSION] = made


def services() -> Services:
    """The services of the current app."""
    return cast("Services", current_app.extensions[EXTENSION])
