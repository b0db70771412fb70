"""Trace points in Java."""
