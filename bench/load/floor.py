"""A relay in C, fed as ours is: what is left of an event's cost and time is the server's price."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

from bench.load.machine import SERVER_CORE, on_core
from bench.load.servers import PEERS, Store, Tailrace, listens
from bench.load.tools import built
from shared import keys
from tests.support.processes import wait_until


@dataclass(frozen=True, slots=True)
class Heard:
    """How old events were when the relay read them, and what Valkey took for each append."""

    p50_ms: float
    p99_ms: float
    append_us: float


class BareRelay(Tailrace):
    """Our jobs, our fenced append, our channels; but of the relay only reading and writing."""

    name = "bare relay"

    def __init__(self, store: Store, heard: list[Heard]) -> None:
        self._heard = heard
        super().__init__(store)

    def serve(self) -> None:
        """Start it where the API would be."""
        ports = [str(self.port), str(self.store.port)]
        with on_core(SERVER_CORE):
            self._popen = subprocess.Popen(
                [built("bare_relay", PEERS), *ports, keys.LIVE],
                stdout=subprocess.PIPE,
                text=True,
            )
        wait_until(lambda: listens(self.port), "the bare relay listening")

    def prepare(self, streams: int) -> None:
        """As many jobs; the commands counted from now on are appends."""
        super().prepare(streams)
        self.store.client.config_resetstat()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._popen.pid

    def stop(self) -> None:
        """End it, and keep what it says."""
        appends = self.store.client.info("commandstats").get("cmdstat_evalsha", {})
        self._popen.terminate()
        printed, _ = self._popen.communicate(timeout=20)
        if printed:
            found = json.loads(printed)
            took_us = float(appends["usec_per_call"])
            self._heard.append(Heard(found["p50_ms"], found["p99_ms"], took_us))
        super().stop()
