"""Tests as each language writes them, out of calls and runs whose outcome was recorded."""
