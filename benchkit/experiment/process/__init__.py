"""What parent, worker and sink share: the jobs, the pipe between processes, the targets, and the sink process."""
