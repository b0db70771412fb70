"""The forms of questions about what happens inside of a run: one file each."""
