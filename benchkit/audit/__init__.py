"""The audit: whether mail from a domain will be believed. Records are parsed, looked up and judged in different rooms."""
