"""Trace points in SQL."""
