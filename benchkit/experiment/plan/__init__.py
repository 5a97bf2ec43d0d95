"""What will be sent, in which order, to whom and whether it may be: pure functions of the scenario."""
