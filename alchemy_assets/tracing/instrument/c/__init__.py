"""Trace points in C."""
