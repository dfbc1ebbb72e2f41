"""A fourth set of fresh tables, and questions about them that nothing had been built for."""

from __future__ import annotations

from tests.agent.golden.fourth.accidents import ACCIDENTS
from tests.agent.golden.fourth.animals import ANIMALS
from tests.agent.golden.fourth.museums import MUSEUMS
from tests.agent.golden.fourth.phones import PHONES
from tests.agent.golden.fourth.wines import WINES

FOURTH = [WINES, ANIMALS, ACCIDENTS, MUSEUMS, PHONES]
