"""Instrumenting programs and recording what they do."""
