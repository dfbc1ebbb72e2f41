"""What a process that runs jobs is made of: a worker with threads, or a child of a prefork pool."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from shared.attempts import Attempts
from shared.catalogue import Catalogue
from shared.conversations import Conversations
from shared.exports import Exports
from shared.rescue import Rescuer
from shared.settings import Settings
from shared.store import connect
from shared.uploads import Incoming
from worker.executor import Executor
from worker.exporter import Exporter
from worker.lease import LeaseKeeper
from worker.models.builtin.own_words import WordsFile
from worker.models.configured import chat_model
from worker.query.engine import QueryEngine
from worker.query.ingest import Ingest
from worker.uploads import Intake

#: Tries of one Redis command, to outlast a restart of the server within a lease.
PATIENCE = 15


class Runner:
    """Runs jobs, `slots` at a time, from `begin` to `end`; made in the process that uses it."""

    def __init__(self, settings: Settings, slots: int) -> None:
        store = connect(settings, retries=PATIENCE)
        name = f"{socket.gethostname()}-{os.getpid()}"
        # Heartbeats are tried again by the keeper itself, so that each try tells the time.
        heartbeats = Attempts(connect(settings), settings)
        self._words = WordsFile(settings.words_path)
        self._keeper = LeaseKeeper(heartbeats, settings, name, slots)
        self._rescuer = Rescuer(connect(settings), settings)
        self._engine = QueryEngine(settings.data_dir, require_landlock=settings.require_landlock)
        catalogue = Catalogue(store)
        self._exporter = Exporter(
            Exports(connect(settings)), catalogue, self._engine, settings.data_dir / "exports"
        )
        ingest = Ingest(
            settings.data_dir,
            self._engine.helper,
            deadline_s=settings.upload_deadline_s,
            require_landlock=settings.require_landlock,
        )
        intake = Intake(ingest, self._engine, Incoming(settings), catalogue)
        self._executor = Executor(
            Attempts(store, settings),
            self._keeper,
            Conversations(store),
            self._engine,
            intake,
            chat_model(settings),
            name,
        )

    def begin(self) -> None:
        """Be seen as alive, and keep what is claimed."""
        self._keeper.start()
        self._rescuer.start()
        self._exporter.start()

    def run(self, bell_id: str, show: Callable[[str], None]) -> str:
        """Answer a bell; see `Executor.run`."""
        self._words.renew()
        return self._executor.run(bell_id, show)

    def hand_over(self) -> None:
        """Have all jobs go on elsewhere, at once."""
        self._keeper.hand_over()

    def end(self) -> None:
        """Sign off; no job may be running."""
        self._exporter.stop()
        self._rescuer.stop()
        self._keeper.stop()
        self._engine.close()
