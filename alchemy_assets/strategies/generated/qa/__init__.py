"""CodeQA as a language model writes it: a problem out of a file, its answer by someone who has not seen the file."""
