"""What a question's worker learns of the questions before it."""

from __future__ import annotations

import json

import pytest
import redis

from shared import keys
from shared.attempts import Attempts
from shared.conversations import MOST_HISTORY, Conversations, PastTurn, title_of
from shared.errors import UnknownTurn
from shared.event_log import EventLog
from shared.jobs import Accepted, Jobs
from tests.support.scenes import OWNER, Scene, question
from tests.support.stack import Stack

PLAN = {"dataset_id": "rain", "filters": [], "aggregates": [{"function": "count", "column": None}]}
PLANNED = json.dumps({"answer": None, "plan": PLAN, "sentence": "", "sql": "", "planner": "p"})


def worked(jobs: Jobs, attempts: Attempts, accepted: Accepted, end: str = "succeeded") -> None:
    """Have a worker plan the question, and end the job."""
    scene = Scene(jobs, attempts, accepted)
    scene.claimed()
    scene.write("planned", step="plan", result=PLANNED)
    if end:
        scene.end(end)


def follows(jobs: Jobs, accepted: Accepted) -> str:
    job = jobs.load(accepted.job_id, OWNER)
    assert job is not None
    return job.follows


@pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled", ""])
def test_a_follow_up_knows_question_and_plan_however_the_job_before_it_ended(
    end: str, jobs: Jobs, attempts: Attempts, conversations: Conversations
) -> None:
    """Also while it still runs."""
    first = jobs.accept(question("How wet was 2012?"))
    worked(jobs, attempts, first, end)
    second = jobs.accept(question("And 2013?", conversation=first.conversation))
    assert follows(jobs, second) == first.job_id
    (past,) = conversations.history(OWNER, first.job_id)
    assert (past.question, past.dataset, past.plan) == ("How wet was 2012?", "rain", PLAN)
    assert past.answer == ("Done." if end == "succeeded" else "")


def test_history_is_the_last_five_turns_oldest_first_and_nobody_elses(
    jobs: Jobs, conversations: Conversations
) -> None:
    last = jobs.accept(question("0?"))
    for number in range(1, 8):
        last = jobs.accept(question(f"{number}?", conversation=last.conversation))
    found = conversations.history(OWNER, last.job_id)
    assert MOST_HISTORY == 5
    assert [past.question for past in found] == ["3?", "4?", "5?", "6?", "7?"]
    assert conversations.history("stranger", last.job_id) == ()
    assert conversations.history(OWNER, "") == ()


def test_an_edited_question_follows_what_the_old_one_followed_and_both_branches_stay(
    jobs: Jobs, store: redis.Redis, conversations: Conversations
) -> None:
    a = jobs.accept(question("a", dataset="rain"))
    where = {"conversation": a.conversation}
    b = jobs.accept(question("b", dataset="snow", **where))
    jobs.accept(question("c", dataset="wind", **where))
    edited = jobs.accept(question("b2", replaces=b.job_id, **where))
    again = jobs.accept(question("b3", replaces=edited.job_id, **where))
    after = jobs.accept(question("d", **where))

    def branch(accepted: Accepted) -> list[str]:
        return [past.question for past in conversations.history(OWNER, accepted.job_id)]

    assert branch(edited) == ["a", "b2"]
    assert branch(again) == ["a", "b3"]
    assert branch(after) == ["a", "b3", "d"]
    # The table is that of the replaced question, not the newest one of the conversation.
    assert store.hget(keys.JOB % edited.job_id, "dataset") == b"snow"
    assert store.llen(keys.TURNS % a.conversation) == 6
    first_again = jobs.accept(question("a2", replaces=a.job_id, **where))
    assert branch(first_again) == ["a2"]


def test_only_a_question_of_this_conversation_can_be_replaced(
    jobs: Jobs, store: redis.Redis
) -> None:
    here, elsewhere = jobs.accept(question("a")), jobs.accept(question("b"))
    before = store.dbsize()
    for replaces in (elsewhere.job_id, "nope"):
        with pytest.raises(UnknownTurn):
            jobs.accept(question("c", conversation=here.conversation, replaces=replaces))
    assert store.dbsize() == before


@pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled"])
def test_the_turn_keeps_the_logs_last_event_byte_for_byte(
    end: str, jobs: Jobs, attempts: Attempts, store: redis.Redis
) -> None:
    accepted = jobs.accept(question("Wie naß war es? ☔"))
    worked(jobs, attempts, accepted, end)
    last = EventLog(store).last(accepted.job_id)
    assert last is not None
    assert store.hget(keys.TURN % accepted.job_id, "final") == last.raw
    assert store.hget(keys.TURN % accepted.job_id, "state") == end.encode()


def test_a_title_is_the_first_question_on_one_line_cut_between_words() -> None:
    assert title_of("  How\n wet   was it? ") == "How wet was it?"
    long = title_of("word " * 40)
    assert long.endswith("word…")
    assert len(long) <= 81
    assert title_of("x" * 200) == "x" * 80 + "…"


def test_a_question_that_a_real_worker_answered_leaves_its_plan_and_its_answer(
    stack: Stack,
) -> None:
    person = stack.person()
    asked = "How many days of snow were there in 2012?"
    task = person.ask(asked, dataset="seattle-weather")
    result = person.finished(task["task_id"])["result"]
    owner = stack.store.hget(keys.TURN % task["task_id"], "owner")
    assert isinstance(owner, bytes)
    (past,) = Conversations(stack.store).history(owner.decode(), task["task_id"])
    assert isinstance(past, PastTurn)
    assert (past.question, past.dataset) == (asked, "seattle-weather")
    assert past.type == "particular_response"
    assert past.answer == result["answer"]
    assert past.plan is not None
    assert past.plan["filters"]
