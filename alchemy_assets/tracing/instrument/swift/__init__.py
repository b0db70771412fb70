"""Trace points in Swift."""
