"""Trace points in Python."""
