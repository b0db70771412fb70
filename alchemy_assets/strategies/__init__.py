"""Turning curated files into training samples."""
