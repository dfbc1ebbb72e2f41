"""The log and the cursor, as properties: whatever was seen + whatever is resumed == the log."""

from __future__ import annotations

import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.attempts import Attempts
from shared.event_log import EventLog
from shared.events import Cursor, Event, EventType, body
from shared.jobs import Jobs
from shared.settings import Settings
from tests.support.scenes import Scene, question

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
REAL_SERVER = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@REAL_SERVER
@given(batches=st.lists(st.lists(TEXT, min_size=1, max_size=5), max_size=6), data=st.data())
def test_reading_in_pieces_from_any_cursor_gives_the_log(
    store: redis.Redis, settings: Settings, batches: list[list[str]], data: st.DataObject
) -> None:
    jobs, attempts, log = Jobs(store, settings), Attempts(store, settings), EventLog(store)
    scene = Scene(jobs, attempts, jobs.accept(question()))
    scene.claimed()
    for batch in batches:
        scene.write(*batch)
    scene.end("succeeded")

    whole = log.read(scene.job_id, -1, 1000)
    assert [event.seq for event in whole] == list(range(len(whole)))
    texts = [event.message["content"] for event in whole if event.type == EventType.INSIGHT_DELTA]
    assert texts == [text for batch in batches for text in batch]
    assert [event.terminal for event in whole] == [False] * (len(whole) - 1) + [True]

    seen: list[Event] = []
    while len(seen) < len(whole):
        cursor = seen[-1].seq if seen else -1
        seen += log.read(scene.job_id, cursor, data.draw(st.integers(1, 4)))
    assert [event.raw for event in seen] == [event.raw for event in whole]


@given(epoch=st.from_regex(r"\A[0-9a-f]{8}\Z"), seq=st.integers(0, 10**12))
def test_a_cursor_survives_its_text_form(epoch: str, seq: int) -> None:
    cursor = Cursor(epoch, seq)
    assert Cursor.parse(str(cursor)) == cursor


@given(text=st.text(max_size=20))
def test_any_text_is_a_cursor_or_a_clear_error(text: str) -> None:
    try:
        cursor = Cursor.parse(text)
    except ValueError as error:
        assert "not a cursor" in str(error)
    else:
        assert cursor.seq >= 0


@given(content=TEXT, value=TEXT)
def test_a_body_stays_on_one_line(content: str, value: str) -> None:
    """The relay splits published lines at LF, and SSE does so too."""
    text = body(EventType.INSIGHT_DELTA, content, {"text": value})
    assert "\n" not in text
    assert "\r" not in text
