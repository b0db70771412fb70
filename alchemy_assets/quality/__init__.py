"""Measuring tables with SQL, and the expectations that gate them."""
