"""The parent process of a run: it starts the others, listens to them, and closes the run whatever ends it."""
