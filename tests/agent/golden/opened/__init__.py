"""Questions that were held out until 30 November 2026, when what they got wrong was read."""

from __future__ import annotations

from tests.agent.golden.opened.cafe import CAFE
from tests.agent.golden.opened.quakes import QUAKES
from tests.agent.golden.opened.rounds import ROUNDS
from tests.agent.golden.opened.schools import SCHOOLS
from tests.agent.golden.opened.trees import TREES
from tests.agent.golden.opened.visits import VISITS

OPENED = [VISITS, CAFE, QUAKES, TREES, ROUNDS, SCHOOLS]
