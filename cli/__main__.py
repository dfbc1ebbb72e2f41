"""`python -m cli` is the `tailrace` command."""

from cli.main import main

main()
