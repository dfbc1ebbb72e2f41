"""Why a job was not accepted: the accept script's words as errors."""

from __future__ import annotations

from shared.errors import (
    ConversationFull,
    KeyReused,
    OwnerBusy,
    QueueFull,
    TailraceError,
    UnknownConversation,
    UnknownTurn,
)

#: Why a question was not accepted, by the script's word for it.
REFUSALS: dict[str, tuple[type[TailraceError], str]] = {
    "key_reused": (
        KeyReused,
        "This Idempotency-Key was used for another question; use a new one.",
    ),
    "unknown_conversation": (
        UnknownConversation,
        "No such conversation; leave conversation_id out for a new.",
    ),
    "unknown_turn": (UnknownTurn, "No such question in this conversation; it cannot be replaced."),
    "conversation_full": (
        ConversationFull,
        "This conversation takes no more questions; start a new one.",
    ),
}

#: The same for what passes by itself; the script says when to come back.
CROWDED: dict[str, tuple[type[OwnerBusy | QueueFull], str]] = {
    "owner_busy": (
        OwnerBusy,
        "You have as many questions under way as one may have; let one end, or stop one.",
    ),
    "queue_full": (QueueFull, "Too many questions are waiting; try again shortly."),
    "memory_short": (QueueFull, "The job store is nearly full; try again shortly."),
}


def refusal(verdict: str, rest: list[str]) -> TailraceError | None:
    """The error for a word of the script and what came with it; None when the job was accepted."""
    if verdict in REFUSALS:
        error, sentence = REFUSALS[verdict]
        return error(sentence)
    if verdict in CROWDED:
        crowded, sentence = CROWDED[verdict]
        return crowded(sentence, int(rest[0]))
    return None
