"""The `tailrace` command: what there is, and how errors are told.

Each command returns its exit code, and imports what it needs when it runs: starting one process
must not cost the libraries of all.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import CommandError

if TYPE_CHECKING:
    from shared.settings import Settings

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask questions about your data; watch every step of the answer arrive.",
    epilog="Settings are TAILRACE_* environment variables: docs/settings.md lists them.",
)

jobs = typer.Typer(help="See the queue and act on it, for operators: over all users.")
app.add_typer(jobs, name="jobs")
datasets = typer.Typer()
app.add_typer(datasets, name="datasets")

JOB = Annotated[str, typer.Argument(help="The job's id, which is its task_id.")]
DATASET = Annotated[str, typer.Argument(help="The dataset's id: see `tailrace datasets`.")]
URL = Annotated[str, typer.Option("--url", help="Server. Default: the one bin/up runs here.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")]


def main() -> None:
    """Run the command line; never returns and never shows a traceback for a known error."""
    try:
        code = app(args=sys.argv[1:] or ["--help"], prog_name="tailrace", standalone_mode=False)
    except (typer.TyperException, CommandError) as error:
        message = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        print(f"tailrace: {message}", file=sys.stderr)
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        # The reader of our output has gone; what is still buffered must not be tried again.
        sys.stderr.close()
        code = 1
    sys.exit(code)


@app.command()
def up(
    *, flower: Annotated[bool, typer.Option(help="Also run Flower, which shows the queue.")] = True
) -> int:
    """Run everything here: Valkey, API, worker, Flower. Ctrl-C stops them in order."""
    from cli.up import run

    return run(settings(), flower=flower)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    *,
    dataset: Annotated[str, typer.Option(help="Which dataset: see `tailrace datasets`.")] = "",
    goes_on: Annotated[
        bool, typer.Option("--continue", "-c", help="In the latest conversation: a follow-up.")
    ] = False,
    receipt: Annotated[
        Path | None, typer.Option(help="Write the answer's receipt to this file.")
    ] = None,
    as_json: JSON = False,
    url: URL = "",
) -> int:
    """Ask a question and watch the answer being made.

    Exit code: 0 answered, 1 failed, 2 bad usage, 3 no answer to that, 4 server unreachable.
    """
    from cli.ask import Wish, run

    wish = Wish(question, dataset, goes_on, receipt, as_json)
    return run(url or local_url(), wish)


@datasets.callback(invoke_without_command=True)
def datasets_list(context: typer.Context, *, as_json: JSON = False, url: URL = "") -> int:
    """List the datasets you may ask about; add, show and remove tables of your own."""
    from cli.datasets import run

    if context.invoked_subcommand is not None:
        return 0
    return run(url or local_url(), as_json=as_json)


@datasets.command(name="add")
def datasets_add(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON, Parquet or Excel.")],
    *,
    title: Annotated[str, typer.Option(help="What to call it. Default: the file's name.")] = "",
    replaces: Annotated[str, typer.Option(help="It is a new version of this dataset.")] = "",
    as_json: JSON = False,
    url: URL = "",
) -> int:
    """Make a table of a file; only you will see it. Ctrl-C stops it."""
    from cli.datasets import add

    return add(url or local_url(), file, title, replaces, as_json=as_json)


@datasets.command(name="show")
def datasets_show(dataset: DATASET, *, as_json: JSON = False, url: URL = "") -> int:
    """Show what is known of a table."""
    from cli.datasets import show

    return show(url or local_url(), dataset, as_json=as_json)


@datasets.command(name="remove")
def datasets_remove(dataset: DATASET, *, url: URL = "") -> int:
    """Remove a table of your own, with its rows."""
    from cli.datasets import remove

    return remove(url or local_url(), dataset)


@jobs.command(name="list")
def jobs_list(*, as_json: JSON = False) -> int:
    """List the unfinished jobs of everybody."""
    return on_jobs("list", as_json=as_json)


@jobs.command(name="show")
def jobs_show(job: JOB, *, as_json: JSON = False) -> int:
    """Show one job and its events."""
    return on_jobs("show", job, as_json=as_json)


@jobs.command(name="cancel")
def jobs_cancel(job: JOB, *, as_json: JSON = False) -> int:
    """Stop a job for good, whether it waits or runs."""
    return on_jobs("cancel", job, as_json=as_json)


@jobs.command(name="dead")
def jobs_dead(*, as_json: JSON = False) -> int:
    """List the jobs that failed in the last week, and why."""
    return on_jobs("dead", as_json=as_json)


@jobs.command(name="retry")
def jobs_retry(job: JOB, *, as_json: JSON = False) -> int:
    """Ask a failed job's question again, for the same person."""
    return on_jobs("retry", job, as_json=as_json)


def on_jobs(command: str, job: str = "", *, as_json: bool) -> int:
    """Run one of the commands about jobs."""
    from cli.jobs import run

    return run(settings(), command, job, as_json=as_json)


@app.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="A file with a receipt or a result; - to read.")],
    *,
    as_json: JSON = False,
) -> int:
    """Run the query of a receipt again, over the tables here, and say what differs.

    Exit code: 0 identical, 1 it differs, 2 no receipt, 3 the table or the query is not to be had.
    """
    from cli.verify import run

    return run(settings(), receipt, as_json=as_json)


@app.command()
def api() -> None:
    """Run the API and the page, in the foreground."""
    from api import serve

    serve.main(settings())


@app.command()
def worker() -> None:
    """Run a worker, in the foreground."""
    from worker import serve

    serve.main(settings())


@app.command()
def flower() -> None:
    """Run Flower, which shows workers and jobs, in the foreground."""
    from cli.flower import run

    run(settings())


@app.command()
def valkey() -> None:
    """Run the embedded Valkey, in the foreground."""
    from cli.lock import DataLock
    from cli.valkey import become

    made = settings()
    DataLock(made.data_dir).keep()
    become(made)


def settings() -> Settings:
    """The settings; raises CommandError naming the variable that is wrong."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from shared.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "TAILRACE_" + str(first["loc"][0]).upper()
        raise CommandError(f"{name}: {first['msg']} (see docs/settings.md).", 2) from None
    except SettingsError as error:
        raise CommandError(f"{error} (see docs/settings.md).", 2) from None


def local_url() -> str:
    """Where the API of these settings answers on this machine."""
    from cli.addresses import page

    return page(settings())
