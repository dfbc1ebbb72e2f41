"""The errors Tailrace raises on purpose.

TailraceError
├── Unavailable        Redis cannot be reached or refuses writes: try again later
├── LogFull            a job's log reached its cap
├── KeyReused          an Idempotency-Key came back with another question
├── UnknownConversation  no such conversation of this owner
├── UnknownTurn        no such turn in this conversation
└── ConversationFull   a conversation takes no more questions
"""

from __future__ import annotations


class TailraceError(Exception):
    """Base of all; the message may be shown to a person."""


class Unavailable(TailraceError):
    """The store cannot be reached, or has no room; `retry_after_s` says when to come back."""

    retry_after_s = 2


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
