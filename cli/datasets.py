"""`tailrace datasets`: what one may ask about."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.client import Client
from cli.text import plain


def run(url: str, *, as_json: bool) -> int:
    """Print the list; returns the exit code."""
    with Client(url) as client:
        found = client.datasets()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    table = Table()
    # An id is there to be copied: it is never cut.
    longest = max((len(dataset["id"]) for dataset in found), default=0)
    table.add_column("dataset", no_wrap=True, min_width=longest)
    table.add_column("what it is")
    for column in ("rows", "columns"):
        table.add_column(column, justify="right")
    for dataset in found:
        texts = [str(dataset[name]) for name in ("id", "title", "rows", "columns")]
        table.add_row(*(Text(plain(text)) for text in texts))
    Console().print(table)
    return 0
