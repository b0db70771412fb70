"""Samples whose question and answer are made out of the program itself."""
