"""Trace points in Ruby."""
