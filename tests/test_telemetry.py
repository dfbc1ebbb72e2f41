"""Lines of the log."""

from __future__ import annotations

from shared.telemetry import rendered


def test_a_line_stays_one_line_and_says_what_is_bound() -> None:
    event = {"event": "GET /a\n12:00:00 [info] forged", "status": 200, "why": "it\nbroke"}
    line = rendered(None, "info", event)
    assert "\n" not in line
    assert line[8:].startswith(" [info    ] 'GET /a")
    assert line.endswith(r"status=200 why='it\nbroke'")


def test_a_traceback_stands_below() -> None:
    line = rendered(None, "error", {"event": "a stream failed", "exception": "Traceback ..."})
    assert line[8:] == " [error   ] a stream failed\nTraceback ..."
