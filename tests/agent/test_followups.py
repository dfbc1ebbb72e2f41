"""Follow-ups against pandas: the last turn of each conversation, and what must not be guessed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import pytest

from shared.conversations import PastTurn
from tests.agent.golden import DEVELOPED
from tests.agent.golden import followups as golden
from tests.agent.golden.answers import Table, right
from tests.agent.golden.demo import AMBIGUOUS, UNANSWERABLE
from tests.agent.golden.followups import FollowUp
from tests.agent.test_golden import GOLDEN as DEMO
from tests.support.agent import Agent, NeverStopped, past
from worker.agent.results import Answer
from worker.models.builtin.intent import understand
from worker.models.builtin.planner import plan_question

#: Plans of other questions over each demo table, with a filter, groups and a sort to be carried.
FOREIGN = {
    "seattle-weather": "Which month had the most precipitation in 2012?",
    "penguins": "Average bill depth of male penguins by island",
    "unemployment-across-industries": "Average unemployment rate in Construction by year",
}

QUESTIONS = {dataset: [one[0] for name, one in DEMO if name == dataset] for dataset in FOREIGN}
for _dataset, _question in [*UNANSWERABLE, *AMBIGUOUS]:
    QUESTIONS[_dataset].append(_question)
for _table in DEVELOPED:
    QUESTIONS[_table.id] = [*(one[0] for one in _table.answerable), *_table.declined]


@pytest.fixture(scope="module")
def read(frame: Callable[[str], pd.DataFrame]) -> Callable[[str], Table]:
    """Any golden table, read by pandas."""
    made = {table.id: table.read for table in DEVELOPED}
    return lambda name: made[name]() if name in made else frame(name)


def talk(agent: Agent, dataset: str, turns: tuple[str, ...]) -> Answer:
    """The answer to the last of these turns."""
    history: tuple[PastTurn, ...] = ()
    for question in turns:
        asked = agent.ask(question, dataset, history=history)
        history = (*history, past(question, asked))
    return asked.answer


def asked_of(agent: Agent, tables: Agent, case: FollowUp) -> Answer:
    """The answer to the last turn of a case."""
    dataset, turns, _ = case
    return talk(agent if dataset in agent.datasets else tables, dataset, turns)


@pytest.mark.parametrize("case", golden.ANSWERED, ids=[" / ".join(c[1]) for c in golden.ANSWERED])
def test_a_follow_up_is_answered_as_pandas_works_it_out(
    agent: Agent, tables: Agent, read: Callable[[str], Table], case: FollowUp
) -> None:
    answer = asked_of(agent, tables, case)
    assert answer.table is not None, answer.answer
    assert case[2] is not None
    assert right(answer.table, case[2](read(case[0]))), (answer.resolved_question, answer.answer)


@pytest.mark.parametrize("case", golden.DECLINED, ids=[" / ".join(c[1]) for c in golden.DECLINED])
def test_what_could_mean_something_else_is_asked_back_or_declined(
    agent: Agent, tables: Agent, case: FollowUp
) -> None:
    answer = asked_of(agent, tables, case)
    assert answer.table is None, (answer.resolved_question, answer.answer)
    assert answer.kind in {"clarification", "refused", "out_of_data"}


def test_held_out_follow_ups(tables: Agent, read: Callable[[str], Table]) -> None:
    """Only totals are told: nobody tunes on what they cannot see."""
    answered = wrong = 0
    for case in golden.HELD_OUT:
        answer, wanted = asked_of(tables, tables, case), case[2]
        shown = answer.table
        correct = shown is not None and wanted is not None and right(shown, wanted(read(case[0])))
        answered += correct
        wrong += shown is not None and not correct
    print(answered, wrong)
    assert wrong == 0
    assert answered >= sum(wanted is not None for _, _, wanted in golden.HELD_OUT) * 0.6


def understood(agent: Agent, question: str, dataset: str, history: tuple[PastTurn, ...]) -> Any:
    """What is made of a question: its plan, or why there is none."""
    rows = partial(agent.engine.small, stop=NeverStopped())
    found = understand(question, agent.datasets, dataset, rows, history)
    reason = found.abstention
    plan = found.planned.plan if found.planned else None
    return plan, (reason.reason, reason.choices) if reason else None, found.resolved_question


@pytest.mark.parametrize("dataset", [*FOREIGN, *[table.id for table in DEVELOPED]])
def test_no_history_changes_a_question_that_stands_alone(
    agent: Agent, tables: Agent, dataset: str
) -> None:
    """Every golden question, answerable or not, after each of some others about its table."""
    asked = agent if dataset in FOREIGN else tables
    questions = QUESTIONS[dataset]
    planned = [(q, understood(asked, q, dataset, ())) for q in questions]
    before = [(FOREIGN[dataset], None)] if dataset in FOREIGN else []
    others = [(q, plan) for q, (plan, _, _) in planned if plan is not None][::7]
    for text, plan in [*before, *others]:
        last = plan or plan_question(text, asked.datasets[dataset]).plan
        turn = PastTurn(question=text, dataset=dataset, plan=last.model_dump(mode="json"))
        for question, alone in planned:
            assert understood(asked, question, dataset, (turn,)) == alone, (text, question)


def test_there_are_enough_of_them() -> None:
    assert len(golden.ANSWERED) >= 40
    assert len(golden.DECLINED) >= 20
