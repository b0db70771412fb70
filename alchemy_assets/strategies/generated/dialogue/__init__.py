"""CodeDialogue by a model: a person with a purpose talks about a file, and every turn builds on the answer before."""
