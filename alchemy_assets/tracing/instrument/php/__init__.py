"""Trace points in PHP."""
