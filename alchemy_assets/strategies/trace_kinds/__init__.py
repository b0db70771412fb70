"""Kinds of CodeTrace samples beside the trace itself, each a question about what was recorded of one program."""
