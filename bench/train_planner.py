#!/usr/bin/env python3
"""Learns the weights of the ranked reading from questions with answers, and writes them.

    .venv/bin/pip install -r bench/wiki/requirements.txt
    .venv/bin/python bench/train_planner.py --questions TSV --tables DIR

First a log-linear ranking of all candidates, then boosted trees that choose among the best of
them, then boosted trees that say how sure the choice is (`bench/wiki/stages.py`). The threshold is
the least confidence at which the answers given so far, surest first, are right in the wanted
share, counted on tables that what gave them had not seen.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).parent.parent
sys.path.insert(0, str(_CHECKOUT))

from bench.wiki.labels import all_tried, grams, shortlisted  # noqa: E402 - after the path is set
from bench.wiki.learning import as_numbers  # noqa: E402
from bench.wiki.stages import (  # noqa: E402
    Choice,
    Confidence,
    Rows,
    fold_of,
    kin_of,
    ranking,
    threshold,
)
from bench.wiki.tables import Question, questions  # noqa: E402
from worker.models.builtin.ranked.model import Model, model_of  # noqa: E402

_WEIGHTS = _CHECKOUT / "worker/models/builtin/ranked/weights.json"


def learn(asked: list[Question], tables: Path, precision: float) -> dict[str, Any]:
    """The content of the file of weights."""
    known = grams(asked)
    labelled = all_tried(asked, tables, known)
    counts = labelled.counts
    *folds, whole = ranking(Rows(labelled))
    del labelled
    _say("ranked")
    unseen = [
        _first_model(known, weights, kin_of(one for one in counts if fold_of(one.table) != fold))
        for fold, weights in enumerate(folds)
    ]
    by_table = {question.table: unseen[fold_of(question.table)] for question in asked}
    choice = Choice(Rows(shortlisted(asked, tables, by_table)))
    _say("chosen")
    winners = choice.winners()
    confidence = Confidence(choice, winners)
    sure, right = confidence.unseen()
    least, answered = threshold(sure, right, precision)
    return {
        "provenance": {
            "made_by": "bench/train_planner.py",
            "date": time.strftime("%Y-%m-%d"),
            "number_of_questions": len(asked),
            "right_out_of_fold": round(float(right.sum()) / len(asked), 4),
            "precision_wanted": precision,
            "coverage_out_of_fold": round(answered * len(right) / len(asked), 4),
        },
        "threshold": round(least, 3),
        "grams": sorted(known),
        "harm": confidence.harm,
        "kin": kin_of(counts),
        "rank": whole,
        "choice": as_numbers(choice.trees, choice.names),
        "confidence": as_numbers(confidence.trees, confidence.names),
    }


def _first_model(
    known: frozenset[str], weights: dict[str, float], kin: dict[str, list[str]]
) -> Model:
    """The model as far as it is learned before the trees."""
    nothing: dict[str, list[str]] = {"facts": [], "trees": []}
    return model_of({
        "grams": known, "rank": weights, "choice": nothing, "confidence": nothing, "harm": {},
        "kin": kin, "threshold": 1.0,
    })  # fmt: skip


def _say(stage: str) -> None:
    print(f"{time.process_time():.0f} s of CPU: {stage}", file=sys.stderr)


def _text(learned: dict[str, Any]) -> str:
    """JSON with one entry a line, each tree being one."""
    lines = []
    for name, content in learned.items():
        if name == "kin":
            nouns = ",\n".join(f"{json.dumps(n)}: {json.dumps(c)}" for n, c in content.items())
            lines.append(f'"{name}": {{\n{nouns}\n}}')
        elif name in {"choice", "confidence"}:
            trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in content["trees"])
            facts = json.dumps(content["facts"], indent=0)
            lines.append(f'"{name}": {{"facts": {facts}, "trees": [\n{trees}\n]}}')
        else:
            lines.append(f'"{name}": {json.dumps(content, indent=0, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Learn, and write the weights with where they come from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--tables", type=Path, required=True)
    parser.add_argument("--precision", type=float, default=0.85)
    chosen = parser.parse_args()
    learned = learn(questions(chosen.questions), chosen.tables, chosen.precision)
    source = f"WikiTableQuestions 1.0.2 (CC BY-SA 4.0), {chosen.questions.name}"
    learned["provenance"]["questions"] = source
    _WEIGHTS.write_text(_text(learned), encoding="utf-8")
    print(json.dumps(learned["provenance"], indent=2))


if __name__ == "__main__":
    main()
