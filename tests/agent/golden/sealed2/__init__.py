"""A second lot of tables kept apart: nothing is built for them, and nobody reads what they miss."""

from __future__ import annotations

from tests.agent.golden.sealed2.campaigns import CAMPAIGNS
from tests.agent.golden.sealed2.certificates import CERTIFICATES
from tests.agent.golden.sealed2.chess import CHESS
from tests.agent.golden.sealed2.ferries import FERRIES
from tests.agent.golden.sealed2.incidents import INCIDENTS

SEALED2 = [CERTIFICATES, CAMPAIGNS, INCIDENTS, CHESS, FERRIES]
