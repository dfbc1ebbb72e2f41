"""The tour: one question, from the person who asks to the answer, over real processes.

Read this first; it touches every part in the order of docs/design.md.
"""

from __future__ import annotations

from tests.support.stack import Stack


def test_a_question_becomes_a_job_whose_log_reaches_the_person_who_asked(stack: Stack) -> None:
    """Ask, watch, poll, come back: every way of looking shows the same log."""
    person = stack.person()

    # Somebody sees which tables there are, and asks.
    datasets = person.http.get("/api/datasets").json()["datasets"]
    assert "seattle-weather" in {dataset["id"] for dataset in datasets}
    task = person.ask("Which month is the wettest on average?", dataset="seattle-weather")
    assert task["type"] == "task_started"
    assert task["status"] == "processing"

    # The steps arrive as they happen: numbered from 0, without gaps, ending with one terminal.
    seen = list(person.stream(task["task_id"]))
    assert [message["seq"] for message in seen] == list(range(len(seen)))
    milestones = [message["type"] for message in seen if message["type"] != "insight_delta"]
    assert milestones == [
        "queued",
        "started",
        "step_started",
        "intent_parsed",
        "step_started",
        "query_planned",
        "step_started",
        "query_executed",
        "step_started",
        "insight_generated",
        "completed",
    ]

    # The answer is right, and says how it came about.
    result = seen[-1]["data"]["result"]
    assert result["type"] == "particular_response"
    assert "November" in result["answer"]
    assert result["planner"] == "built-in planner"
    assert result["table"]["rows"]
    assert "SELECT" in result["query"]["sql"]

    # Polling, and coming back at any point, show the same log.
    status = person.status(task["task_id"])
    assert status["status"] == "completed"
    assert status["messages"] == seen
    assert status["result"] == result
    middle = seen[4]["id"]
    assert list(person.stream(task["task_id"], after=middle)) == seen[5:]
    assert person.status(task["task_id"], after=middle)["messages"] == seen[5:]

    # Nobody else can tell that the task exists.
    stranger = stack.person()
    assert stranger.http.get(task["links"]["status"]).status_code == 404
    assert stranger.http.get(task["links"]["stream"]).status_code == 404
