"""What will be sent, in which order, to which recipients, and whether it is allowed: pure functions of the scenario."""
