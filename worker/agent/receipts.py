"""Receipts: what is needed to run an answer's query again."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from shared.datasets import Profile
from worker.agent.evidence import Receipt
from worker.agent.results import PlanResult, QueryResult
from worker.query.fingerprint import result_hash


@cache
def versions() -> dict[str, str]:
    """The versions of what computes answers."""
    try:
        own = version("tailrace")
    except PackageNotFoundError:  # run from a checkout that was not installed
        own = "checkout"
    return {"tailrace": own, "duckdb": version("duckdb")}


def receipt(
    question: str,
    resolved_question: str | None,
    planned: PlanResult,
    profile: Profile,
    result: QueryResult,
) -> Receipt:
    """The receipt of an answer."""
    return Receipt(
        question=question,
        resolved_question=resolved_question,
        plan=None if planned.plan is None else planned.plan.model_dump(mode="json"),
        sql=planned.sql,
        planner=planned.planner,
        versions=versions(),
        dataset={"id": profile.id, "title": profile.title, "version": profile.version},
        result_hash=result_hash(result.table.rows, result.table.total_rows),
    )
