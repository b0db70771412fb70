"""Refactorings: each module proposes one sort of change that keeps what a program does."""
