"""Plant faults in source text: what a person gets wrong, one at a time, by the syntax tree of each running language."""
