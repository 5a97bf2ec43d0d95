"""The load worker: a process that sends the cells of the plan and records every send."""
