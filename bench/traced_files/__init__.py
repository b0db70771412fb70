"""Real files found in packages, by which the instrumenters are measured: lists here, texts in the registries.

Belongs here: `<Language>.tsv`, one file a line, and bringing the files themselves (`gather`). Does not: running them.
"""
