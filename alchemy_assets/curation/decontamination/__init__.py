"""Decontamination: keep what benchmarks ask out of what is trained on."""
