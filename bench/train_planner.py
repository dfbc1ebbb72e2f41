#!/usr/bin/env python3
"""Learns the weights of the ranked reading from questions with answers, and writes them.

    .venv/bin/pip install --require-hashes -r requirements/train.txt
    .venv/bin/python bench/train_planner.py --questions TSV --tables DIR

First a log-linear ranking of all candidates, then boosted trees that choose among the best of
them, then boosted trees that say how sure the choice is (`bench/wiki/stages.py`). These also see
questions without an answer, made from those that have one (`bench/wiki/unanswerable.py`). The
threshold is the least confidence at which the answers given so far, surest first, are right in the
wanted share, counted on tables that what gave them had not seen; it is a little more than the share
that is promised, because it is the best of many places to draw the line.
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

from bench.wiki.labels import (  # noqa: E402 - after the path is set
    Labelled,
    all_tried,
    grams,
    shortlisted,
)
from bench.wiki.learning import as_numbers  # noqa: E402
from bench.wiki.stages import Choice, Confidence, Rows, ranking, threshold  # noqa: E402
from bench.wiki.tables import Question, questions  # noqa: E402
from bench.wiki.unanswerable import unanswerable  # noqa: E402
from bench.wiki.words import as_json  # noqa: E402
from worker.models.builtin.ranked.model import Model, model_of  # noqa: E402

_WEIGHTS = _CHECKOUT / "worker/models/builtin/ranked/weights.json"


def learn(asked: list[Question], tables: Path, precision: float) -> dict[str, Any]:
    """The content of the file of weights."""
    known = grams(asked)
    *folds, whole = ranking(Rows(all_tried(asked, tables, known)))
    _say("ranked")
    by_fold = [_first_model(known, weights) for weights in folds]
    labelled = shortlisted(asked, tables, by_fold)
    without = shortlisted(unanswerable(labelled.known), tables, by_fold)
    _say("questions without an answer made")
    return _with_trees(labelled, without, precision) | {"grams": sorted(known), "rank": whole}


def _with_trees(labelled: Labelled, without: Labelled, precision: float) -> dict[str, Any]:
    """The part of the content that the trees are."""
    choice = Choice(Rows(labelled))
    winners, of_none = choice.winners(Rows(without))
    _say("chosen")
    confidence = Confidence(choice.names, winners, of_none)
    sure, right, sure_of_none = confidence.unseen()
    least = threshold(sure, right, precision)
    count = len(labelled.tables)
    return {
        "provenance": {
            "made_by": "bench/train_planner.py",
            "date": time.strftime("%Y-%m-%d"),
            "number_of_questions": count,
            "without_an_answer": len(without.tables),
            "right_out_of_fold": round(float(right.sum()) / count, 4),
            "precision_wanted": precision,
            "coverage_out_of_fold": round(float((sure >= least).sum()) / count, 4),
            "answered_without_an_answer": round(
                float((sure_of_none >= least).sum()) / len(without.tables), 4
            ),
        },
        "threshold": round(least, 3),
        "usage": as_json(confidence.usage),
        "choice": as_numbers(choice.trees, choice.names),
        "confidence": as_numbers(confidence.trees, confidence.names),
    }


def _first_model(known: frozenset[str], weights: dict[str, float]) -> Model:
    """The model as far as it is learned before the trees."""
    nothing: dict[str, list[str]] = {"facts": [], "trees": []}
    return model_of({
        "grams": known, "rank": weights, "choice": nothing, "confidence": nothing,
        "usage": {"words": {}, "unknown": [0, 0.0, 0.0]}, "threshold": 1.0,
    })  # fmt: skip


def _say(stage: str) -> None:
    print(f"{time.process_time():.0f} s of CPU: {stage}", file=sys.stderr)


def _text(learned: dict[str, Any]) -> str:
    """JSON with one entry a line, each tree being one."""
    lines = []
    for name, content in learned.items():
        if name == "usage":
            words = ",\n".join(f"{json.dumps(s)}: {_dense(w)}" for s, w in content["words"].items())
            unknown = _dense(content["unknown"])
            lines.append(f'"{name}": {{"unknown": {unknown}, "words": {{\n{words}\n}}}}')
        elif name in {"choice", "confidence"}:
            trees = ",\n".join(_dense(tree) for tree in content["trees"])
            facts = json.dumps(content["facts"], indent=0)
            lines.append(f'"{name}": {{"facts": {facts}, "trees": [\n{trees}\n]}}')
        else:
            lines.append(f'"{name}": {json.dumps(content, indent=0, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dense(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def main() -> None:
    """Learn, and write the weights with where they come from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--tables", type=Path, required=True)
    parser.add_argument("--precision", type=float, default=0.855)
    chosen = parser.parse_args()
    learned = learn(questions(chosen.questions), chosen.tables, chosen.precision)
    source = f"WikiTableQuestions 1.0.2 (CC BY-SA 4.0), {chosen.questions.name}"
    learned["provenance"]["questions"] = source
    _WEIGHTS.write_text(_text(learned), encoding="utf-8")
    print(json.dumps(learned["provenance"], indent=2))


if __name__ == "__main__":
    main()
