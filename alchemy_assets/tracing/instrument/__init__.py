"""One instrumenter a language: the same program, with trace points."""
