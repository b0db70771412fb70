"""What a program could be started with, read off the program itself: one module a language, candidates to be tried."""
