"""Benchmarks made from held-out files."""
