"""The bell: how Celery is told that there is a job to claim.

The Celery message is a doorbell, not the job. It carries no data but the id under which Flower
shows it; any worker that hears it claims a job by script. Scripts ring it by one LPUSH of a
message that Celery's and kombu's own serializers built, inside the same atomic step that makes
the job claimable: there is no moment at which a job is recorded but its bell is not.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from celery import Celery
from kombu.connection import Connection

from shared.settings import Settings

#: The one task's name, as Flower shows it.
TASK = "tailrace.answer"
QUEUE = "tailrace"
#: kombu puts this before the names of its own keys; `keys.BELLS` is PREFIX + QUEUE.
PREFIX = "cq:"


@cache
def bell_template() -> str:
    """One Celery message as kombu stores it on Redis, with @ID@ where the job's id goes.

    It is made once by publishing to kombu's in-memory transport, which shares its message format
    (`kombu.transport.virtual`) with the Redis transport.
    """
    app = Celery(set_as_current=False)
    app.conf.task_default_queue = QUEUE
    message = app.amqp.as_task_v2(
        "@ID@", TASK, args=(), kwargs={}, argsrepr="('@ID@',)", ignore_result=True
    )
    with Connection("memory://") as connection:
        channel = connection.channel()
        producer = app.amqp.Producer(channel)
        app.amqp.send_task_message(producer, TASK, message, queue=QUEUE)
        payload: dict[str, Any] = channel._get(QUEUE)  # noqa: SLF001 - kombu's storage hook
        channel.close()
    payload["properties"]["delivery_tag"] = "@ID@"
    return json.dumps(payload)


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration; docs/reliability.md says why each stands as it does."""
    return {
        "broker_url": settings.broker_url,
        "broker_transport_options": {
            "ack_emulation": False,
            "global_keyprefix": PREFIX,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "health_check_interval": 5,
            "socket_keepalive": True,
            "queue_order_strategy": "round_robin",
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_channel_error_retry": True,
        "broker_pool_limit": 10,
        "broker_pool_acquire_timeout": 2,
        "task_default_queue": QUEUE,
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        "task_ignore_result": True,
        "task_publish_retry": False,
        "task_track_started": False,
        "task_send_sent_event": False,
        "worker_disable_prefetch": True,
        "worker_prefetch_multiplier": 1,
        "worker_enable_prefetch_count_reduction": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_send_task_events": True,
        "worker_soft_shutdown_timeout": 0,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "accept_content": ["json"],
        "enable_utc": True,
    }
