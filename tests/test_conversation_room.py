"""How long conversations stay, and what goes when there is no room."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from typing import Any

import pytest
import redis

from cli import valkey as embedded
from shared import keys
from shared.attempts import Attempts
from shared.conversations import MOST_BYTES, Conversations
from shared.errors import ConversationFull
from shared.event_log import EventLog
from shared.jobs import Accepted, Jobs, Question
from shared.rescue import Rescuer
from shared.settings import Settings
from shared.store import connect
from tests.support.processes import free_port, wait_until
from tests.support.scenes import OWNER, Scene, question

DAY_MS = 24 * 3600 * 1000
MEGABYTE = "x" * (1 << 20)


def answered(jobs: Jobs, attempts: Attempts, accepted: Accepted) -> None:
    scene = Scene(jobs, attempts, accepted)
    scene.claimed()
    scene.end("succeeded")


def used_ms(store: redis.Redis, conversation: str) -> int:
    return int(store.hget(keys.CONVERSATION % conversation, "used_ms") or 0)


def counted(store: Any) -> dict[str, int]:
    """Owner, or "all" -> bytes as counted; asserts that they are the sums of what is there."""
    kept = {name.decode(): int(size) for name, size in store.hgetall(keys.KEPT_BYTES).items()}
    sums: dict[str, int] = {}
    for one in store.zrange(keys.CONVERSATIONS, 0, -1):
        head = store.hgetall(keys.CONVERSATION % one.decode())
        owner, size = head[b"owner"].decode(), int(head[b"bytes"])
        sums[owner] = sums.get(owner, 0) + size
    assert kept == (sums | {"all": sum(sums.values())} if sums else {})
    return kept


def test_a_conversation_goes_when_it_was_not_used_for_its_days(
    jobs: Jobs,
    attempts: Attempts,
    conversations: Conversations,
    store: redis.Redis,
    settings: Settings,
) -> None:
    """Counted from the last question or answer; nothing of it stays."""
    old, new = jobs.accept(question("old")), jobs.accept(question("new"))
    for accepted in (old, new):
        answered(jobs, attempts, accepted)
        goes_ms = store.zscore(keys.CONVERSATIONS, accepted.conversation)
        lived_ms = settings.conversation_ttl_days * DAY_MS
        assert goes_ms == used_ms(store, accepted.conversation) + lived_ms
    store.zincrby(keys.CONVERSATIONS, -settings.conversation_ttl_days * DAY_MS, old.conversation)
    assert Rescuer(store, settings).tidy() == 1
    assert Rescuer(store, settings).tidy() == 0
    assert conversations.find(old.conversation, OWNER) is None
    assert conversations.turn(old.job_id, OWNER) is None
    assert [one.id for one in conversations.page(OWNER)[0]] == [new.conversation]
    assert [name for name in store.keys("*") if old.conversation.encode() in name] == []
    counted(store)


def test_an_owner_who_has_too_much_loses_what_was_unused_longest(
    jobs: Jobs, conversations: Conversations, store: redis.Redis
) -> None:
    """And never the conversation that is being used, which refuses more when it is too long."""
    someone = jobs.accept(Question("someone else", "kept"))
    first = jobs.accept(question("first"))
    long = jobs.accept(question("long"))
    size = 2 * len(MEGABYTE) + 1000
    for _ in range(MOST_BYTES // size):
        jobs.accept(question(MEGABYTE, conversation=long.conversation))
    assert counted(store)[OWNER] <= MOST_BYTES
    assert conversations.find(first.conversation, OWNER) is not None
    jobs.accept(question(MEGABYTE, conversation=long.conversation))
    assert conversations.find(first.conversation, OWNER) is None
    with pytest.raises(ConversationFull):
        jobs.accept(question("more", conversation=long.conversation))
    new = jobs.accept(question("new"))
    assert [one.id for one in conversations.page(OWNER)[0]] == [new.conversation]
    assert conversations.find(someone.conversation, "someone else") is not None
    counted(store)


def test_when_all_have_too_much_what_was_unused_longest_goes_whoevers_it_is(
    store: redis.Redis, valkey_url: str, tmp_path: Path
) -> None:
    settings = Settings(redis_url=valkey_url, data_dir=tmp_path, conversations_mb=5)
    jobs, conversations = Jobs(store, settings), Conversations(store)
    asked = [(f"owner{n}", jobs.accept(Question(f"owner{n}", MEGABYTE))) for n in range(4)]
    there = [conversations.find(each.conversation, owner) is not None for owner, each in asked]
    assert there == [False, False, True, True]
    assert counted(store)["all"] <= 5 << 20


def test_bytes_are_counted_exactly_through_any_history(
    jobs: Jobs, attempts: Attempts, conversations: Conversations, store: redis.Redis
) -> None:
    """Random moves of three owners; the counts are the sums after each, and nothing at the end."""
    dice = random.Random(20260131)
    there: list[tuple[str, Accepted]] = []
    for _ in range(300):
        owner = dice.choice("abc")
        own = [accepted for whose, accepted in there if whose == owner]
        match dice.choice(["ask", "follow", "answer", "rate", "delete", "cancel"]):
            case "ask":
                asked = Question(owner, "x" * dice.randrange(1, 50))
                there.append((owner, jobs.accept(asked)))
            case "follow" if own:
                asked = Question(owner, "y", conversation=dice.choice(own).conversation)
                there.append((owner, jobs.accept(asked)))
            case "answer":
                claim = attempts.claim("", "w")
                if claim is not None:
                    scene = Scene(jobs, attempts, Accepted(claim.job.id, "", known=False))
                    scene.claim = claim
                    scene.end(dice.choice(["succeeded", "failed", "cancelled"]))
            case "rate" if own:
                rating = dice.choice(["up", "down", None])
                reason = "z" * dice.randrange(9)
                assert conversations.rate(dice.choice(own).job_id, owner, rating, reason)
            case "cancel" if own:
                job = jobs.load(dice.choice(own).job_id, owner)
                assert job is not None
                jobs.cancel(job)
            case "delete" if own:
                gone = dice.choice(own).conversation
                assert conversations.delete(gone, owner) is not None
                there = [each for each in there if each[1].conversation != gone]
        counted(store)
    for owner, accepted in there:
        conversations.delete(accepted.conversation, owner)
    assert counted(store) == {}
    assert store.keys("tailrace:turn:*") == []


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_conversations_are_found_again_after_a_restart_of_the_store(
    end: signal.Signals, tmp_path: Path
) -> None:
    """The embedded server keeps them on disk; a crash loses at most the last second."""
    settings = Settings(data_dir=tmp_path, valkey_port=free_port())
    server = embedded.start(settings)
    try:
        embedded.wait_ready(settings)
        store = connect(settings)
        jobs, attempts = Jobs(store, settings), Attempts(store, settings)
        accepted = jobs.accept(question("How wet?"))
        answered(jobs, attempts, accepted)
        assert Conversations(store).rate(accepted.job_id, OWNER, "up", "good")
        last = EventLog(store).last(accepted.job_id)
        assert last is not None
        wait_until(lambda: on_disk(store), "the append-only file being written")
        server.send_signal(end)
        server.wait(10)
        server = embedded.start(settings)
        embedded.wait_ready(settings)
        found = Conversations(connect(settings))
        (summary,), _ = found.page(OWNER, "WET")
        assert summary.id == accepted.conversation
        (turn,) = found.turns(summary.id)
        assert turn.final == last.raw
        assert turn.feedback is not None
        assert b'"rating":"up"' in turn.feedback
    finally:
        server.kill()
        server.wait(10)


def on_disk(store: redis.Redis) -> bool:
    """Whether all that was written has been handed to the disk."""
    told = store.execute_command("WAITAOF", 1, 0, 100)
    return bool(told[0])
