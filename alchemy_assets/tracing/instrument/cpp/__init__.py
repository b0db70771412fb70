"""Trace points in C++."""
