"""`python -m dropscribe` is the `dropscribe` command."""

from dropscribe.cli import main

if __name__ == "__main__":
    main()
