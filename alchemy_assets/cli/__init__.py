"""The `alchemy` command."""
