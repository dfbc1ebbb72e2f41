"""The Celery worker, assembled in one function; importing it does nothing."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import structlog
from celery import Celery, signals

from shared.attempts import Attempts
from shared.catalogue import Catalogue
from shared.conversations import Conversations
from shared.queue import TASK, celery_settings
from shared.rescue import Rescuer
from shared.settings import Settings
from shared.store import connect
from worker.agent.suggest import with_questions
from worker.executor import Executor
from worker.lease import LeaseKeeper
from worker.models.openai_chat import OpenAIChat
from worker.query.engine import QueryEngine
from worker.query.ingest import Ingest
from worker.query.scan import scan
from worker.tasks import register

#: Tries of one Redis command, to outlast a restart of the server within a lease.
PATIENCE = 15

log = structlog.get_logger("worker")


def create_celery(settings: Settings) -> Celery:
    """A Celery app with Tailrace's settings, as Flower needs it."""
    app = Celery("tailrace", set_as_current=False)
    app.conf.update(celery_settings(settings))
    return app


def create_worker(settings: Settings) -> Celery:
    """The Celery app of a worker: the task, and what lives as long as the worker process."""
    app = create_celery(settings)
    store = connect(settings, retries=PATIENCE)
    attempts, catalogue = Attempts(store, settings), Catalogue(store)
    name = f"{socket.gethostname()}-{os.getpid()}"
    # Heartbeats are tried again by the keeper itself, so that each try tells the time.
    heartbeats = Attempts(connect(settings), settings)
    keeper = LeaseKeeper(heartbeats, settings, name, settings.worker_concurrency)
    rescuer = Rescuer(connect(settings), settings)
    engine = QueryEngine(settings.data_dir, require_landlock=settings.require_landlock)
    ingest = Ingest(
        settings.data_dir,
        engine.helper,
        deadline_s=settings.upload_deadline_s,
        require_landlock=settings.require_landlock,
    )
    chat = OpenAIChat.from_settings(settings)
    conversations = Conversations(store)
    executor = Executor(attempts, keeper, catalogue, conversations, engine, chat, name)
    register(app, TASK, executor.run)

    def begin(**_: Any) -> None:
        publish_datasets(catalogue, settings.datasets_dir, ingest)
        keeper.start()
        rescuer.start()

    def end(**_: Any) -> None:
        rescuer.stop()
        keeper.stop()
        engine.close()

    # Celery keeps weak references to receivers unless told otherwise.
    signals.worker_init.connect(begin, weak=False)
    signals.worker_shutdown.connect(end, weak=False)
    return app


def publish_datasets(catalogue: Catalogue, datasets_dir: Path, ingest: Ingest) -> None:
    """Read the datasets directory and tell everyone what there is."""
    found = scan(datasets_dir, ingest)
    for problem in found.problems:
        log.warning(problem)
    catalogue.publish([with_questions(profile) for profile in found.profiles])
    log.info("datasets", found=[profile.id for profile in found.profiles])
