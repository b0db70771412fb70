"""Judging files: each stage says keep or why not, and what to edit; `apply` alone acts on it."""
