"""The `dropscribe` command."""
