"""A thousand questions at once from fifty people: limits hold, who got in is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.faults.conftest import QUICK
from tests.support.history import violations
from tests.support.rig import Rig

PEOPLE, EACH, MOST = 50, 20, 3
BODY = {"action": "continue_conversation", "message": "bye"}


@pytest.fixture
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A rig of its own: small limits, and no worker yet."""
    made = Rig(tmp_path_factory.mktemp("herd"), **{**QUICK, "USER_MAX_ACTIVE": str(MOST)})
    try:
        made.stack.start_api()
        yield made
    finally:
        made.stop()


def test_a_thundering_herd(rig: Rig) -> None:
    people = [rig.stack.person() for _ in range(PEOPLE)]
    for person in people:
        person.http.get("/api/datasets")  # the cookie

    def post(number: int) -> httpx2.Response:
        headers = {"Idempotency-Key": str(number)}
        while True:
            try:
                return people[number % PEOPLE].http.post("/api/chat", json=BODY, headers=headers)
            except httpx2.TransportError:
                continue  # a connection that had idled for too long; the key makes it safe

    with ThreadPoolExecutor(PEOPLE) as herd:
        answers = list(herd.map(post, range(PEOPLE * EACH)))
    found = Counter(answer.status_code for answer in answers)
    assert found == {202: PEOPLE * MOST, 429: PEOPLE * (EACH - MOST)}
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 429)
    rig.stack.start_worker()
    task_ids = [answer.json()["task_id"] for answer in answers if answer.status_code == 202]
    assert len(set(task_ids)) == PEOPLE * MOST
    rig.settled(task_ids, 60)
    assert violations(rig.store, task_ids) == []
