"""Trace points in Shell."""
