"""Talking to language models: requests, completions, engines."""
