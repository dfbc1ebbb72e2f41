"""Follow-ups against pandas: the last turn of each conversation, and what must not be guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from shared.conversations import PastTurn
from tests.agent.golden import DEVELOPED, HELD_OUT
from tests.agent.golden import followups as golden
from tests.agent.golden.answers import TABLES, Table, right
from tests.agent.golden.demo import AMBIGUOUS, UNANSWERABLE
from tests.agent.golden.followups import FollowUp
from tests.agent.test_golden import GOLDEN as DEMO
from tests.support.agent import Agent, past
from tests.support.queries import ingest_with
from worker.agent.results import Answer
from worker.query.engine import QueryEngine
from worker.query.scan import scan

#: Plans of other questions over each demo table, with a filter, groups and a sort to be carried.
FOREIGN = {
    "seattle-weather": "Which month had the most precipitation in 2012?",
    "penguins": "Average bill depth of male penguins by island",
    "unemployment-across-industries": "Average unemployment rate in Construction by year",
}


@pytest.fixture(scope="module")
def tables(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The agent over the demo tables and those made for golden questions."""
    data_dir = Path(tmp_path_factory.mktemp("golden"))
    engine = QueryEngine(data_dir, require_landlock=False)
    found = scan(TABLES, ingest_with(engine, data_dir)).profiles
    yield Agent({profile.id: profile for profile in found}, engine)
    engine.close()


@pytest.fixture(scope="module")
def read(frame: Callable[[str], pd.DataFrame]) -> Callable[[str], Table]:
    """Any golden table, read by pandas."""
    made = {table.id: table.read for table in [*DEVELOPED, *HELD_OUT]}
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
    assert answer.kind in {"clarification", "refused"}


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


@pytest.mark.parametrize(("dataset", "question"), [(d, one[0]) for d, one in DEMO])
def test_no_history_changes_a_question_that_stands_alone(
    agent: Agent, dataset: str, question: str
) -> None:
    alone = agent.ask(question, dataset).answer
    before = FOREIGN[dataset]
    history = (past(before, agent.ask(before, dataset)),)
    after = agent.ask(question, dataset, history=history).answer
    assert alone.table is not None
    assert after.table is not None
    assert (after.table, after.resolved_question) == (alone.table, None)


@pytest.mark.parametrize(("dataset", "question"), [*UNANSWERABLE, *AMBIGUOUS])
def test_no_history_answers_what_alone_has_no_answer(
    agent: Agent, dataset: str, question: str
) -> None:
    before = FOREIGN[dataset]
    history = (past(before, agent.ask(before, dataset)),)
    assert agent.ask(question, dataset, history=history).answer.table is None


def test_there_are_enough_of_them() -> None:
    assert len(golden.ANSWERED) >= 40
    assert len(golden.DECLINED) >= 20
