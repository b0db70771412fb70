"""Trace points in Go."""
