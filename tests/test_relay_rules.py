"""What the relay makes of a log's length, when the log changes while it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Event as Signal

import pytest
import redis

from api.relay import Relay
from api.topic import Topic
from shared import keys
from shared.event_log import EventLog
from shared.events import Event
from shared.jobs import Jobs, feed_of
from shared.settings import Settings
from tests.support.processes import wait_until
from tests.support.scenes import OWNER, question

FEED = feed_of(OWNER)


class Asked(EventLog):
    """A log whose answers are old when they come: `meanwhile` happens before each is handed on."""

    def __init__(self, store: redis.Redis) -> None:
        super().__init__(store)
        self.meanwhile: Callable[[], None] = lambda: None
        self.answered = Signal()
        self.asked: list[set[str]] = []

    def lengths(self, job_ids: Sequence[str]) -> list[int]:
        found = super().lengths(job_ids)
        self.asked.append(set(job_ids))
        self.meanwhile()
        self.answered.set()
        return found


class Watcher:
    """A viewer that counts."""

    late = False

    def __init__(self) -> None:
        self.woken = self.lost_times = 0

    def wake(self, _topic: Topic) -> None:
        """Something new."""
        self.woken += 1

    def lost(self, _topic: Topic) -> None:
        """Bad news."""
        self.lost_times += 1


@pytest.fixture
def log(store: redis.Redis) -> Asked:
    return Asked(store)


@pytest.fixture
def relay(log: Asked, settings: Settings) -> Iterator[Relay]:
    made = Relay(log, settings)
    yield made
    made.drain()


@pytest.fixture
def jobs(store: redis.Redis, settings: Settings) -> Jobs:
    return Jobs(store, settings)


def once(deed: Callable[[], object]) -> Callable[[], None]:
    """It happens the first time only."""
    left = [deed]

    def happen() -> None:
        if left:
            left.pop()()

    return happen


def compared(relay: Relay, log: Asked) -> None:
    """The relay has looked, without waiting for its tick."""
    log.answered.clear()
    relay._look.set()
    assert log.answered.wait(20)


def test_a_log_that_has_just_begun_is_not_taken_for_one_that_is_gone(
    log: Asked, relay: Relay, jobs: Jobs
) -> None:
    """There was none when its length was asked for; its first event is heard before the answer."""
    watcher = Watcher()
    topic = relay.join(FEED, watcher)
    topic.subscribed()

    def begin() -> None:
        jobs.accept(question())
        wait_until(lambda: topic.newest == 0, "hearing of it")

    log.meanwhile = once(begin)
    compared(relay, log)
    compared(relay, log)
    assert (topic.newest, watcher.lost_times) == (0, 0)
    assert watcher.woken > 0


def test_nor_is_one_that_a_newcomer_has_already_read(
    log: Asked, relay: Relay, jobs: Jobs, store: redis.Redis
) -> None:
    """What it was published with has not arrived yet; the newcomer knows its name."""
    first, second = Watcher(), Watcher()
    relay.join(FEED, first).subscribed()

    def begin() -> None:
        # Nobody hears of it: as if it were still on its way.
        relay._subscription.remove((keys.LIVE % FEED).encode())
        wait_until(lambda: store.pubsub_numsub(keys.LIVE % FEED)[0][1] == 0, "not hearing")
        jobs.accept(question())
        (event,) = log.read(FEED, -1)
        relay.join(FEED, second, event.epoch.decode())

    log.meanwhile = once(begin)
    compared(relay, log)
    compared(relay, log)
    assert second.lost_times == 0
    assert second.woken > 0


def test_a_log_that_is_gone_is_told_and_so_is_another_in_its_place(
    log: Asked, relay: Relay, jobs: Jobs, store: redis.Redis
) -> None:
    """The viewer knows the first one."""
    jobs.accept(question())
    (event,) = log.read(FEED, -1)
    watcher = Watcher()
    topic = relay.join(FEED, watcher, event.epoch.decode())
    wait_until(lambda: topic.newest == 0, "finding it")
    assert watcher.lost_times == 0
    store.delete(keys.JOB % FEED, keys.EVENTS % FEED)
    wait_until(lambda: watcher.lost_times > 0, "bad news")


def test_a_log_that_cannot_be_compared_hinders_no_other_now_or_later(
    relay: Relay, jobs: Jobs, store: redis.Redis
) -> None:
    """What stands in its place is no list; the growth of the other is found all the same."""
    job_id = jobs.accept(question()).job_id
    store.set(keys.EVENTS % "broken", "no list")
    relay.join("broken", Watcher()).subscribed()
    topic = relay.join(job_id, Watcher())
    topic.subscribed()
    for length in (2, 3):
        assert store.rpush(keys.EVENTS % job_id, "unheard") == length
        relay._look.set()
        wait_until(partial(reaches, topic, length - 1), "finding what was not heard")


def test_only_logs_that_were_silent_since_the_last_look_are_compared(
    log: Asked, relay: Relay, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed is heard between any two looks, but for the last; the job's log never is."""
    monkeypatch.setattr("api.relay.HEAL_S", 0.05)
    job_id = jobs.accept(question()).job_id
    topic = relay.join(FEED, Watcher())
    topic.subscribed()

    def talk() -> None:
        if log.asked.count({job_id}) < 3:
            known = topic.newest
            jobs.accept(question())
            wait_until(lambda: topic.newest > known, "hearing of it")

    log.meanwhile = talk
    relay.join(job_id, Watcher()).subscribed()
    wait_until(lambda: log.asked.count({job_id}) >= 3, "looks at the other")
    wait_until(lambda: log.asked[-1] == {FEED, job_id}, "a look at both")
    first = log.asked.index({job_id})
    assert log.asked[first : first + 3] == [{job_id}] * 3


def test_every_log_has_its_turn_and_few_are_compared_at_a_time(
    log: Asked, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.relay.HEAL_S", 0.01)
    monkeypatch.setattr("api.relay.HEAL_MOST", 2)
    for name in "abcde":
        relay.join(name, Watcher()).subscribed()
    wait_until(lambda: {"e"} in log.asked, "a look at the last one alone")
    since = log.asked.index({"e"}) + 1
    wait_until(lambda: len(log.asked) >= since + 6, "two rounds more")
    assert log.asked[since : since + 6] == [{"a", "b"}, {"c", "d"}, {"e"}] * 2


class Encoding(Watcher):
    """A viewer that puts what is new on its wire."""

    def __init__(self, encode: Callable[[Sequence[Event]], bytes]) -> None:
        super().__init__()
        self._encode, self.wire = encode, b""

    def wake(self, topic: Topic) -> None:
        """Something new, or nothing."""
        if events := topic.after(-1):
            self.wire += topic.encoded(events, self._encode)


def test_many_viewers_of_one_job_cost_one_decoding_and_one_encoding(
    relay: Relay, jobs: Jobs, log: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = jobs.accept(question()).job_id
    (event,) = log.read(job_id, -1)
    parse, decoded, encoded = Event.parse, [], []

    def decode(line: bytes) -> Event:
        decoded.append(line)
        return parse(line)

    def encode(events: Sequence[Event]) -> bytes:
        encoded.append(events)
        return events[0].raw

    viewers = [Encoding(encode) for _ in range(200)]
    for viewer in viewers:
        topic = relay.join(job_id, viewer)
    topic.subscribed()
    monkeypatch.setattr(Event, "parse", decode)
    relay._arrived({(keys.LIVE % job_id).encode(): [event.raw]})
    assert decoded == [event.raw]
    assert encoded == [[event]]
    assert [viewer.wire for viewer in viewers] == [event.raw] * 200


def reaches(topic: Topic, newest: int) -> bool:
    return topic.newest == newest
