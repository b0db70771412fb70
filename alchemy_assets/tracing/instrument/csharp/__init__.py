"""Trace points in C#."""
