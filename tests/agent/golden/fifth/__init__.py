"""A fifth set of fresh tables, and questions about them that nothing had been built for."""

from __future__ import annotations

from tests.agent.golden.fifth.bakery import BAKERY
from tests.agent.golden.fifth.charging import CHARGING
from tests.agent.golden.fifth.concerts import CONCERTS
from tests.agent.golden.fifth.podcast import PODCAST
from tests.agent.golden.fifth.water import WATER

FIFTH = [CHARGING, PODCAST, WATER, BAKERY, CONCERTS]
