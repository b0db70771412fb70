"""Which files are whole programs that can be run and foreseen, decided before anything is run."""
