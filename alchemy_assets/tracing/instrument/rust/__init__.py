"""Trace points in Rust."""
