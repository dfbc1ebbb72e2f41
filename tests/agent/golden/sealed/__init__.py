"""Tables kept apart: nothing is built for them, and nobody reads what they miss."""

from __future__ import annotations

from tests.agent.golden.sealed.campaigns import CAMPAIGNS
from tests.agent.golden.sealed.certificates import CERTIFICATES
from tests.agent.golden.sealed.chess import CHESS
from tests.agent.golden.sealed.ferries import FERRIES
from tests.agent.golden.sealed.incidents import INCIDENTS

SEALED = [CERTIFICATES, CAMPAIGNS, INCIDENTS, CHESS, FERRIES]
