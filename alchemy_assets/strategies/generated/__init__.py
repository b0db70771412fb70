"""Samples that a language model writes, and what is proved of them."""
