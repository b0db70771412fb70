"""CodeDev by a language model: what a developer is asked to do on one file, and what is proved of the answer."""
