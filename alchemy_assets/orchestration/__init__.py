"""Everything that imports dagster; thin."""
