"""Trace points in JavaScript."""
