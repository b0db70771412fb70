"""The released dataset and its card."""
