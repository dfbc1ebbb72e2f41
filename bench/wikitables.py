#!/usr/bin/env python3
"""Scores the built-in planner on WikiTableQuestions, by the rules of its official evaluator.

    .venv/bin/python bench/wikitables.py --questions TSV --tables DIR [--json]

Forced: the likeliest plan of the ranked reading, however unlikely, compiled and run by DuckDB.
Answered: only those that the product would answer, by the same rule.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.wiki.database import Tables
from bench.wiki.rules import agrees
from bench.wiki.tables import Question, questions
from worker.models.builtin.ranked.model import model
from worker.models.builtin.ranked.reader import LikelyPlans, Ranked
from worker.models.builtin.ranked.rehearsal import text
from worker.models.builtin.ranked.table import word_table


@dataclass(frozen=True)
class Scored:
    """One question: what was read, how long that took, if it is answered, and if that is right."""

    ranked: Ranked | None
    planning_ms: float
    answered: bool
    right: bool


def said_by(tables: Tables, ranked: Ranked) -> list[str]:
    """What a plan answers, by way of its SQL."""
    rows = tables.run(ranked.plan) or []
    said = [text(row[ranked.answer]) for row in rows if row[ranked.answer] is not None]
    return [one.lstrip("-") for one in said] if ranked.candidate.magnitude else said


def score(tables: Tables, question: Question) -> Scored:
    """Ask one question; a table is prepared before, as at its upload."""
    rehearsal = tables.rehearsal(question.table)
    word_table(rehearsal.profile)
    began = time.perf_counter()
    ranked = LikelyPlans(question.text, rehearsal).best()
    elapsed_ms = (time.perf_counter() - began) * 1000
    said = said_by(tables, ranked) if ranked else []
    answered = ranked is not None and ranked.trusted
    return Scored(ranked, elapsed_ms, answered, bool(said) and agrees(question.answer, said))


def share(scored: Iterable[Scored], total: int) -> dict[str, float]:
    """How many were answered, of all, and how many of those were right."""
    chosen = list(scored)
    right = sum(one.right for one in chosen)
    return {
        "coverage": round(len(chosen) / total, 4),
        "precision": round(right / max(1, len(chosen)), 4),
    }


def report(scored: list[Scored]) -> dict[str, object]:
    """All figures of a run."""
    total = len(scored)
    times = [one.planning_ms for one in scored]
    operations = Counter(s.ranked.candidate.operation for s in scored if s.ranked)
    right = Counter(s.ranked.candidate.operation for s in scored if s.ranked and s.right)
    return {
        "questions": total,
        "forced_accuracy": round(sum(one.right for one in scored) / total, 4),
        "threshold": model().threshold,
        "answered": share((s for s in scored if s.answered), total),
        "planning_ms": {
            "p50": round(statistics.median(times), 2),
            "p95": round(statistics.quantiles(times, n=20)[-1], 2),
        },
        "by_operation": {n: [right[n], count] for n, count in operations.most_common()},
    }


def main() -> None:
    """Score a file of questions; without the data, say where it comes from and go."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", type=Path, required=True, help="a TSV of the data set")
    parser.add_argument("--tables", type=Path, required=True, help="the folder its paths start in")
    parser.add_argument("--json", action="store_true", help="print only JSON")
    chosen = parser.parse_args()
    if not chosen.questions.is_file() or not chosen.tables.is_dir():
        print("wikitables: skipped: WikiTableQuestions (CC BY-SA 4.0) is not there; get it first.")
        return
    tables = Tables(chosen.tables)
    asked = sorted(questions(chosen.questions), key=lambda question: question.table)
    result = report([score(tables, question) for question in asked])
    if chosen.json:
        print(json.dumps(result))
        return
    for name, figure in result.items():
        print(f"{name:16} {figure}")


if __name__ == "__main__":
    main()
