"""The errors Tailrace raises on purpose.

TailraceError
├── Unavailable        Redis cannot be reached: try again later
│   ├── StoreFull      Redis has no room for this
│   └── QueueFull      too many jobs wait, or memory runs short: no new job is accepted
├── OwnerBusy          this owner has as many unfinished jobs as one may have
├── LogFull            a job's log reached its cap
├── KeyReused          an Idempotency-Key came back with another question
├── UnknownConversation  no such conversation of this owner
├── UnknownTurn        no such turn in this conversation
├── ConversationFull   a conversation takes no more questions
├── ExportFailed       the file of a result cannot be made
└── ReaderGone         nobody waits for a file any more
"""

from __future__ import annotations


class TailraceError(Exception):
    """Base of all; the message may be shown to a person."""


class Unavailable(TailraceError):
    """The store cannot be reached, or has no room; `retry_after_s` says when to come back."""

    def __init__(self, message: str, retry_after_s: int = 2) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreFull(Unavailable):
    """The store has no memory left for a write; nothing of it was written."""


class QueueFull(Unavailable):
    """No new job is accepted for now, from anybody."""


class OwnerBusy(TailraceError):
    """This owner's limit of unfinished jobs is reached; `retry_after_s` says when to come back."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class LogFull(TailraceError):
    """A job wrote more events than a log may hold."""


class KeyReused(TailraceError):
    """The same Idempotency-Key was sent with a different request."""


class UnknownConversation(TailraceError):
    """No conversation with this id belongs to this owner."""


class UnknownTurn(TailraceError):
    """No turn with this id belongs to this conversation."""


class ConversationFull(TailraceError):
    """A conversation has as many questions, or as long answers, as it may."""


class ExportFailed(TailraceError):
    """The file cannot be made; `reason` is a stable code, the message a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ReaderGone(TailraceError):
    """Nobody waits for this file any more."""
