"""A tab that follows jobs with the page's own client library, and what it was told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from shared.jobs import Accepted
from tests.support.browser import Visitor
from tests.support.processes import wait_until
from tests.support.scenes import Scene
from tests.support.stack import Stack

FOLLOW = (Path(__file__).parent / "followed.js").read_text()
ASK = """async (message) => {
    const body = JSON.stringify({ action: 'continue_conversation', message });
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch('/api/chat', { method: 'POST', body, headers });
    return (await response.json()).task_id;
}"""


class Tab:
    """One tab on an empty page of the server; `patience` hurries the library's waits (ms)."""

    def __init__(self, visitor: Visitor, *, news: bool = False, **patience: int) -> None:
        self.page: Page = visitor.blank()
        # The first answer brings the cookie.
        self.page.evaluate("fetch('/api/datasets')")
        self.page.evaluate(FOLLOW, {"patience": patience, "news": news})

    def ask(self, question: str = "How wet was it?") -> str:
        """Ask, and follow; the task."""
        task_id = str(self.page.evaluate(ASK, question))
        self.follow(task_id)
        return task_id

    def follow(self, task_id: str) -> None:
        """Follow a job from its start."""
        self.page.evaluate("(taskId) => { follow(taskId); }", task_id)

    @property
    def conditions(self) -> list[str]:
        """Each condition of the connection so far."""
        found: list[str] = self.page.evaluate("told.conditions")
        return found

    @property
    def news(self) -> list[list[str]]:
        """Task and message id of each piece of news."""
        found: list[list[str]] = self.page.evaluate("told.news")
        return found

    def job(self, task_id: str) -> dict[str, Any]:
        """What was told of a job: messages, restarts, gone, ended."""
        found: dict[str, Any] = self.page.evaluate("(taskId) => told.jobs[taskId]", task_id)
        return found

    def transcript(self, task_id: str) -> list[dict[str, Any]]:
        """The messages of a job, as they were passed on."""
        found: list[dict[str, Any]] = self.job(task_id)["messages"]
        return found

    def wait_for_messages(self, task_id: str, count: int) -> None:
        """Wait for so many messages of a job."""
        enough = "([taskId, count]) => told.jobs[taskId].messages.length >= count"
        self.wait(enough, f"{count} messages", [task_id, count])

    def wait_for_end(self, task_id: str) -> None:
        """Wait for a job's terminal message."""
        self.wait("(taskId) => told.jobs[taskId].ended", "the terminal message", task_id)

    def wait_for_condition(self, condition: str) -> None:
        """Wait until this is the condition of the connection."""
        now = "(condition) => told.conditions.at(-1) === condition"
        self.wait(now, f"the condition '{condition}'", condition)

    def wait(self, expression: str, what: str, argument: Any = None) -> None:
        """Wait for an expression in the page; the page's policy forbids Playwright's own way."""
        wait_until(lambda: bool(self.page.evaluate(expression, argument)), what)


def work_on(stack: Stack, task_id: str) -> Scene:
    """Play the worker that has claimed a job."""
    scene = Scene(stack.jobs, stack.attempts, Accepted(task_id, "", known=False))
    scene.claimed()
    return scene


def log_of(stack: Stack, task_id: str) -> list[dict[str, Any]]:
    """The messages in a job's log."""
    messages: list[dict[str, Any]] = []
    while page := stack.log.read(task_id, len(messages) - 1):
        messages += [event.message for event in page]
    return messages
