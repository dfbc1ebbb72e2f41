"""What a command says when it cannot go on."""

from __future__ import annotations


class CommandError(Exception):
    """One line for standard error that says what to do; `exit_code` is for the shell."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
