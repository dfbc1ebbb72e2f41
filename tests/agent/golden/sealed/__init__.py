"""Questions kept apart: nobody asks them, or reads them, before all work on the planner is done.

Only totals are looked at; tables and questions are never tuned on.
"""

from __future__ import annotations

from tests.agent.golden.sealed.cafe import CAFE
from tests.agent.golden.sealed.quakes import QUAKES
from tests.agent.golden.sealed.rounds import ROUNDS
from tests.agent.golden.sealed.schools import SCHOOLS
from tests.agent.golden.sealed.trees import TREES
from tests.agent.golden.sealed.visits import VISITS

SEALED = [VISITS, CAFE, QUAKES, TREES, ROUNDS, SCHOOLS]
