"""Facts that several checks share, each an async function of the context: looked up and parsed once. Judging is in checks/."""
