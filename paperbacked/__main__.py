"""`python -m paperbacked` is the `paperbacked` command."""

from app.cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
