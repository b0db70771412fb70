"""Running untrusted programs with nothing getting out and nothing left behind."""
