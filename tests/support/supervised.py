"""A supervisor over small programs, for tests: `python -m tests.support.supervised SCRIPT...`.

Each SCRIPT is Python source, run as a child named after its position: c0, c1, ...
They are started in that order and stopped in the same.
"""

from __future__ import annotations

import subprocess
import sys

from cli.child import Child, Launch
from cli.errors import CommandError
from cli.lines import Lines
from cli.processes import spawn
from cli.supervisor import Supervisor

GRACE_S = 3.0


def launch(source: str) -> Launch:
    """How to run a piece of source."""
    arguments = [sys.executable, "-u", "-c", source]
    return lambda: spawn(arguments, stdout=subprocess.PIPE)


def main(sources: list[str]) -> None:
    """Run until told to stop."""
    lines = Lines(sys.stdout)
    supervisor = Supervisor(lines)
    children = [Child(f"c{at}", launch(source), GRACE_S) for at, source in enumerate(sources)]
    with supervisor.listening():
        try:
            for child in children:
                supervisor.start(child)
            supervisor.tend(until=lambda: False)
        except CommandError as error:
            sys.exit(str(error))
        finally:
            supervisor.stop(children)
    lines.say("stopped")


if __name__ == "__main__":
    main(sys.argv[1:])
