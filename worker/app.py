"""The Celery worker, assembled in one function; importing it does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery, bootsteps, signals

from shared.catalogue import Catalogue
from shared.jobs import Jobs
from shared.queue import TASK, celery_settings
from shared.settings import Settings
from shared.store import connect
from worker.agent.suggest import with_questions
from worker.leaving import Leaving
from worker.models.builtin.own_words import WordsFile
from worker.query.engine import QueryEngine
from worker.query.ingest import Ingest
from worker.query.scan import scan
from worker.query.unstopped import Unstopped
from worker.runner import Runner
from worker.tasks import register, revoke_cancels

#: How often a worker tells monitors what its tasks did.
TOLD_EVERY_S = 0.2

log = structlog.get_logger("worker")


class EventsTogether(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery is untyped
    """Task events go out together, a few times a second; by default each is a message of its own.

    Telling Flower about a job would else cost more than starting it.
    """

    requires = ("celery.worker.consumer.events:Events",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self._timer: Any = None
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        """Begin, also after a lost connection."""
        consumer.event_dispatcher.on_send_buffered = None
        self._timer = consumer.timer.call_repeatedly(TOLD_EVERY_S, consumer.event_dispatcher.flush)

    def stop(self, consumer: Any) -> None:
        """Tell the rest; what the connection does not take is kept for the next one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            consumer.event_dispatcher.flush()


def create_celery(settings: Settings) -> Celery:
    """A Celery app with Tailrace's settings, as Flower needs it."""
    app = Celery("tailrace", set_as_current=False)
    app.conf.update(celery_settings(settings))
    return app


def create_worker(settings: Settings) -> Celery:
    """The Celery app of a worker: the task, and what lives as long as the worker's processes."""
    app = create_celery(settings)
    app.steps["consumer"].add(EventsTogether)
    leaving = Leaving(settings.worker_grace_s)
    runners: list[Runner] = []

    def run(bell_id: str, show: Callable[[str], None]) -> str:
        return runners[-1].run(bell_id, show)

    def publish(**_: Any) -> None:
        publish_datasets(settings)

    def begin(**_: Any) -> None:
        runners.append(Runner(settings, slots))
        leaving.then(runners[-1].hand_over)
        runners[-1].begin()

    def end(**_: Any) -> None:
        runners[-1].end()

    def leave(*, how: str, **_: Any) -> None:
        leaving.begin(at_once=how != "Warm")

    # Celery keeps weak references to receivers unless told otherwise.
    signals.worker_shutting_down.connect(leave, weak=False)
    signals.worker_init.connect(publish, weak=False)
    if settings.worker_pool == "prefork":
        slots = 1
        signals.worker_process_init.connect(begin, weak=False)
        signals.worker_process_shutdown.connect(end, weak=False)
    else:
        slots = settings.worker_concurrency
        signals.worker_init.connect(begin, weak=False)
        signals.worker_shutdown.connect(end, weak=False)
    register(app, TASK, run)
    revoke_cancels(Jobs(connect(settings), settings))
    return app


def publish_datasets(settings: Settings) -> None:
    """Read the datasets directory and tell everyone what there is."""
    catalogue = Catalogue(connect(settings))
    # Tables are read in processes of their own: a pool must fork from one without threads.
    engine = QueryEngine(settings.data_dir, require_landlock=settings.require_landlock)
    ingest = Ingest(
        settings.data_dir,
        engine.helper,
        deadline_s=settings.upload_deadline_s,
        require_landlock=settings.require_landlock,
    )
    WordsFile(settings.words_path).renew()
    swept = ingest.sweep()
    if swept:
        log.warning("removed what killed workers left in the middle of reading", readings=swept)
    found = scan(settings.datasets_dir, ingest)
    profiles = [with_questions(profile, engine, Unstopped()) for profile in found.profiles]
    engine.close()
    for problem in found.problems:
        log.warning(problem)
    catalogue.publish(profiles)
    log.info("datasets", found=[profile.id for profile in profiles])
