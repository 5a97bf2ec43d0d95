"""The parent process of a run: it starts the others, reads their messages, and closes the run however it ends."""
