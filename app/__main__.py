"""`python -m app` is the `paperbacked` command."""

from app.cli.commands import main

if __name__ == "__main__":
    main()
