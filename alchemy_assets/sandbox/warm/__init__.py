"""Compilers that stay warm for a batch of programs: drivers in their own languages, and how they are talked to."""
