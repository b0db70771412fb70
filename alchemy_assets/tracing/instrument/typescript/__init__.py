"""Trace points in TypeScript."""
